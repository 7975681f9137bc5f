/** Why the image can't be made here; undefined when it can. */
export function imageSkipReason(): string | undefined;

/** Fetches what the image is made of, for a machine that is offline later. */
export function fetchImageParts(): string | undefined;

/** The archive (an OCI image layout as tar), and the digest of the image in it. */
export function makeImage(architectures?: readonly string[]): {
  readonly archive: Buffer;
  readonly digest: string;
};
