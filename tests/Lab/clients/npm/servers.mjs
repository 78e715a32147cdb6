// Droplets, and what is attached to them.
import { assert, image, is, region, size, until } from './checks.mjs';

export function serversOf({ api, file, refused, completed, active }) {
  async function network() {
    if (!api.createVpc) {
      return null;
    }
    const made = (await api.createVpc({ name: 'net', region, ip_range: '10.44.0.0/24', description: 'd' })).vpc;
    is([made.ip_range, made.default, made.region], ['10.44.0.0/24', false, region]);
    await api.changeVpc(made.id, { name: 'net2' });
    const { vpc } = await api.vpc(made.id);
    is([vpc.name, vpc.description], ['net2', 'd']);
    is((await api.vpcs()).vpcs.length, 2);
    console.log('vpc');
    return made;
  }

  async function droplet(key, vpc) {
    const made = (await api.createDroplet({
      name: 'web', region, size, image, ssh_keys: [key.fingerprint], tags: ['web'], monitoring: true, user_data: '#cloud-config\n',
      ...vpc && { vpc_uuid: vpc.id },
    })).droplet;
    is(made.status, 'new');
    const web = await active(made.id);
    is([web.name, web.region.slug, web.size_slug, web.image.slug, web.tags], ['web', region, size, image, ['web']]);
    is(web.networks.v4.map(network => network.type).sort(), ['private', 'public']);
    assert(!vpc || web.vpc_uuid === vpc.id);
    is((await api.droplets()).droplets.map(one => one.id), [web.id]);
    is((await api.neighbors(web.id)).droplets, []);
    is((await api.backups(web.id)).backups, []);
    if (vpc) {
      is((await api.vpcMembers(vpc.id)).members.map(member => member.urn), [`do:droplet:${web.id}`]);
    }
    console.log('droplet');
    return web;
  }

  async function volume(web) {
    const made = (await api.createVolume({
      name: 'vol', region, size_gigabytes: 1, description: 'd', filesystem_type: 'ext4', filesystem_label: 'data', tags: ['disk'],
    })).volume;
    is([made.size_gigabytes, made.filesystem_type, made.filesystem_label, made.tags], [1, 'ext4', 'data', ['disk']]);
    await completed(api.volumeAction(made.id, { type: 'attach', droplet_id: web.id, region }));
    is((await api.volume(made.id)).volume.droplet_ids, [web.id]);
    is((await api.droplet(web.id)).droplet.volume_ids, [made.id]);
    await refused('an attached Volume', 409, api.deleteVolume(made.id));
    await completed(api.volumeAction(made.id, { type: 'resize', size_gigabytes: 2, region }));
    await completed(api.volumeAction(made.id, { type: 'detach', droplet_id: web.id, region }));
    const detached = (await api.volume(made.id)).volume;
    is([detached.size_gigabytes, detached.droplet_ids], [2, []]);
    const { snapshot } = await api.createVolumeSnapshot(made.id, { name: 'vs', tags: ['disk'] });
    is((await api.volumeSnapshots(made.id)).snapshots.map(one => one.id), [snapshot.id]);
    is((await api.snapshot(snapshot.id)).snapshot.resource_id, made.id);
    const copy = (await api.createVolume({ name: 'copy', region, size_gigabytes: 2, description: '', snapshot_id: snapshot.id })).volume;
    is((await api.volumesByName('copy', region)).volumes.map(one => one.id), [copy.id]);
    is((await api.volumes()).volumes.length, 2);
    await api.deleteSnapshot(snapshot.id);
    await api.deleteVolumeByName('copy', region);
    await api.deleteVolume(made.id);
    await until('no Volume is left', async () => (await api.volumes()).volumes.length === 0);
    console.log('volumes');
  }

  async function firewall(web) {
    const addresses = ['0.0.0.0/0', '::/0'];
    const asked = {
      name: 'fw', droplet_ids: [web.id],
      inbound_rules: [{ protocol: 'tcp', ports: '22', sources: { addresses } }],
      outbound_rules: [{ protocol: 'tcp', ports: 'all', destinations: { addresses } }],
    };
    const { id } = (await api.createFirewall(asked)).firewall;
    await until('its changes are applied', async () => (await api.firewall(id)).firewall.status === 'succeeded');
    await api.removeFirewallDroplets(id, [web.id]);
    await api.addFirewallTags(id, ['web']);
    is((await api.firewall(id)).firewall.tags, ['web']);
    await api.removeFirewallTags(id, ['web']);
    await api.addFirewallDroplets(id, [web.id]);
    const more = { inbound_rules: [{ protocol: 'tcp', ports: '443', sources: { tags: ['web'] } }] };
    await api.addFirewallRules(id, more);
    is((await api.firewall(id)).firewall.inbound_rules.length, 2);
    await api.removeFirewallRules(id, more);
    if (api.changeFirewall) {
      const changed = (await api.changeFirewall(id, { ...asked, name: 'fw2' })).firewall;
      is([changed.name, changed.droplet_ids, changed.inbound_rules.length], ['fw2', [web.id], 1]);
    }
    is((await api.firewalls()).firewalls.length, 1);
    await api.deleteFirewall(id);
    await refused('a deleted firewall', 404, api.firewall(id));
    console.log('firewall');
  }

  async function certificate() {
    const made = (await api.createCertificate({
      name: 'cert', type: 'custom', private_key: file('leaf.key'), leaf_certificate: file('leaf.pem'),
    })).certificate;
    await until('verified', async () => (await api.certificate(made.id)).certificate.state === 'verified');
    const known = (await api.certificates()).certificates[0];
    assert(known.id === made.id && known.sha1_fingerprint && known.not_after && known.type === 'custom');
    console.log('certificate');
    return made;
  }

  async function balancer(web, vpc) {
    const tls = await certificate();
    if (!api.createBalancer) {
      await api.deleteCertificate(tls.id);
      return;
    }
    const https = {
      entry_protocol: 'https', entry_port: 443, target_protocol: 'http', target_port: 80, certificate_id: tls.id, tls_passthrough: false,
    };
    const plain = { entry_protocol: 'tcp', entry_port: 9000, target_protocol: 'tcp', target_port: 9000 };
    const asked = { name: 'lb', region, forwarding_rules: [https], droplet_ids: [web.id], ...vpc && { vpc_uuid: vpc.id } };
    const { id } = (await api.createBalancer(asked)).load_balancer;
    let known;
    const read = async () => (known = (await api.balancer(id)).load_balancer);
    await until('active', async () => (await read()).status === 'active');
    assert(known.ip && known.health_check.port && known.sticky_sessions.type === 'none');
    is([known.forwarding_rules[0].certificate_id, known.droplet_ids], [tls.id, [web.id]]);
    await refused('a certificate in use', 403, api.deleteCertificate(tls.id));
    await api.addBalancerRules(id, [plain]);
    await api.removeBalancerRules(id, [https]);
    await api.removeBalancerDroplets(id, [web.id]);
    is([(await read()).droplet_ids, known.forwarding_rules.map(rule => rule.entry_port)], [[], [9000]]);
    await api.addBalancerDroplets(id, [web.id]);
    await api.changeBalancer(id, { ...asked, name: 'lb2', forwarding_rules: [plain] });
    is((await api.balancers()).load_balancers.map(one => [one.name, one.droplet_ids]), [['lb2', [web.id]]]);
    await api.deleteBalancer(id);
    await until('it is gone', async () => (await api.balancers()).load_balancers.length === 0);
    await api.deleteCertificate(tls.id);
    console.log('balancer');
  }

  async function actions(web) {
    const does = (type, more) => completed(api.dropletAction(web.id, { type, ...more }));
    await does('power_off');
    is((await api.droplet(web.id)).droplet.status, 'off');
    await does('resize', { size: 's-1vcpu-2gb', disk: false });
    await does('snapshot', { name: 'snap' });
    const on = await does('power_on');
    is((await api.dropletActionOf(web.id, on.id)).action.type, 'power_on');
    await does('rename', { name: 'renamed' });
    for (const type of ['reboot', 'power_cycle', 'shutdown', 'power_on', 'enable_backups', 'disable_backups', 'password_reset']) {
      await does(type);
    }
    const known = (await api.droplet(web.id)).droplet;
    is([known.name, known.size_slug, known.status], ['renamed', 's-1vcpu-2gb', 'active']);
    const [action] = (await api.tagAction('web', { type: 'power_off' })).actions;
    await completed({ action });
    await does('power_on');
    assert((await api.dropletActions(web.id)).actions.length > 10 && (await api.actions()).actions.length > 10);
    console.log('actions');
  }

  async function snapshots(web) {
    const known = (await api.dropletSnapshots(web.id)).snapshots[0];
    is([known.name, (await api.droplet(web.id)).droplet.snapshot_ids], ['snap', [known.id]]);
    if (api.renameImage) {
      is((await api.renameImage(known.id, 'snap')).image.name, 'snap');
    }
    is((await api.snapshots()).snapshots.map(one => [one.name, one.resource_type]), [['snap', 'droplet']]);
    const { droplet } = await api.createDroplet({ name: 'copy', region, size: 's-1vcpu-2gb', image: known.id, tags: ['copies'] });
    is((await active(droplet.id)).image.id, known.id);
    await api.deleteDropletsByTag('copies');
    await until('the copy is gone', async () => (await api.droplets()).droplets.length === 1);
    await api.deleteSnapshot(known.id);
    await refused('the image of a deleted snapshot', 404, api.image(known.id));
    console.log('snapshots');
  }

  return { network, droplet, volume, firewall, balancer, actions, snapshots };
}
