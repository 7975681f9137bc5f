/** The key of a pod's annotation in messages: `annotations["k8s.v1.cni.cncf.io/networks"]`. */
export function annotationKey(name: string): string {
  return `annotations[${JSON.stringify(name)}]`;
}
