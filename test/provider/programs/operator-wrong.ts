// Mistakes with the one list of OpenShift's operator.
import * as netloom from 'netloom/provider';

for (const namespace of ['one', 'two']) {
  new netloom.MacvlanNetwork(`lan-${namespace}`, {
    name: 'lan',
    namespace,
    master: 'eth1',
    additionalNetwork: 'Raw',
  });
}
new netloom.OpenShiftNetworks('late');
const pool = new netloom.WhereaboutsPool('pool', { ranges: [{ range: '10.20.0.0/24' }] });
new netloom.MacvlanNetwork('words', {
  master: 'eth2',
  ipam: { type: 'whereabouts', pool },
  additionalNetwork: 'SimpleMacvlan',
});
