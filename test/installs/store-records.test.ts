import { App, Chart, Testing } from 'cdk8s';
import { STORE_PLURALS, storeCrds, storeRbac } from 'netloom';
import { NetloomCrds } from 'netloom/constructs';

const names = (objects: readonly any[]): string[] => objects.map(({ metadata }) => metadata.name);

describe('the kinds of the kubernetes store', () => {
  test('are made where they are asked for, and only there', () => {
    const synth = (props?: { agentStore: boolean }): string[] => {
      const chart = new Chart(new App(), 'crds');
      new NetloomCrds(chart, 'netloom', props);
      return names(Testing.synth(chart));
    };
    const own = STORE_PLURALS.map((plural) => `${plural}.netloom.io`);
    expect(own).toHaveLength(4);
    expect(synth({ agentStore: true })).toEqual([...synth(), ...own]);
  });

  test('the same call gives the same bytes', () => {
    expect(JSON.stringify(storeCrds())).toBe(JSON.stringify(storeCrds()));
    const kinds = storeCrds().map(({ manifest }) => (manifest['spec'] as any).names.kind);
    expect(kinds).toEqual(['PoolRecord', 'OwnerRecord', 'AddressRecord', 'StoreRecord']);
  });

  test('the role stays in its namespace, patches nothing and deletes no list', () => {
    const [role, binding] = storeRbac({
      namespace: 'netloom-system',
      serviceAccount: 'netloom-agent',
      serviceAccountNamespace: 'kube-system',
    }).map(({ manifest }) => manifest as any);
    expect(role.kind).toBe('Role');
    const verbs = role.rules.flatMap((rule: any) => rule.verbs);
    for (const verb of ['patch', 'deletecollection', '*']) expect(verbs).not.toContain(verb);
    expect(role.rules.flatMap((rule: any) => rule.resources).sort()).toEqual(
      [...STORE_PLURALS].sort(),
    );
    expect(binding.roleRef.name).toBe(role.metadata.name);
    expect(binding.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'netloom-agent', namespace: 'kube-system' },
    ]);
  });
});
