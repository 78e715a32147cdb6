// Everything that a client offers for the API on this machine, from creation to deletion. Prints a line for each part of the account; any
// surprise is an exception. What a client has no call for is left out, and its line, too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const region = 'tor1';
const size = 's-1vcpu-1gb';
const image = 'debian-13-x64';
const missing = '00000000-0000-4000-8000-000000000000';
const milliseconds = 60_000;

async function until(what, holds) {
  for (const end = Date.now() + milliseconds; !await holds(); await new Promise(go => setTimeout(go, 100))) {
    assert(Date.now() < end, `never: ${what}`);
  }
}

/**
 * @param api     Calls by name: each takes what the API takes, and answers what the API answers, with the API's names of members.
 *                `refusal` reads the status, the request and the words of an exception.
 * @param folder  With key.pub, leaf.pem and leaf.key.
 */
export async function live(api, folder) {
  const file = name => readFileSync(join(folder, name), 'utf8');
  const is = assert.deepEqual;

  async function refused(what, status, promise) {
    try {
      await promise;
    } catch (exception) {
      const seen = api.refusal(exception);
      is([what, status], [what, seen.status]);
      assert(seen.message, `${what}: no words`);
      return;
    }
    assert.fail(`${what}: not refused`);
  }

  async function completed(promise) {
    let { action } = await promise;
    await until(action.type, async () => (action = (await api.action(action.id)).action).status !== 'in-progress');
    is([action.type, action.status], [action.type, 'completed']);
    assert(action.completed_at, `${action.type} has no end`);
    return action;
  }

  async function active(id) {
    let droplet;
    await until(`${id} is active`, async () => (droplet = (await api.droplet(id)).droplet).status === 'active');
    return droplet;
  }

  async function catalog() {
    const { account } = await api.account();
    is([account.status, account.email_verified], ['active', true]);
    assert(account.droplet_limit > 0 && account.uuid);
    console.log('account');
    for (const one of (await api.sizes()).sizes) {
      assert(one.memory > 0 && one.vcpus > 0 && one.disk > 0 && one.price_hourly > 0 && one.transfer > 0, one.slug);
    }
    for (const one of (await api.regions()).regions) {
      assert(one.name && one.features.length > 0 && Array.isArray(one.sizes), one.slug);
    }
    const known = (await api.image(image)).image;
    is([known.slug, known.distribution, known.public, known.status], [image, 'Debian', true, 'available']);
    is((await api.image(known.id)).image.slug, image);
    assert((await api.images()).images.length > 3);
    console.log('catalog');
  }

  async function key() {
    const asked = { name: 'k', public_key: file('key.pub') };
    const made = (await api.createKey(asked)).ssh_key;
    assert(made.id > 0 && made.fingerprint.length === 47);
    await api.renameKey(made.id, 'k2');
    is((await api.key(made.id)).ssh_key.name, 'k2');
    is((await api.key(made.fingerprint)).ssh_key.id, made.id);
    is((await api.keys()).ssh_keys.length, 1);
    await refused('the same key', 422, api.createKey(asked));
    console.log('keys');
    return made;
  }

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

  async function tags(web) {
    is((await api.createTag('later')).tag.name, 'later');
    const resources = [{ resource_id: `${web.id}`, resource_type: 'droplet' }];
    await api.tagResources('later', resources);
    is((await api.tag('later')).tag.resources.droplets.count, 1);
    is((await api.dropletsByTag('later')).droplets.map(one => one.id), [web.id]);
    await api.untagResources('later', resources);
    is((await api.tag('later')).tag.resources.droplets.count, 0);
    await api.deleteTag('later');
    is((await api.tags()).tags.map(tag => tag.name), ['web']);
    console.log('tags');
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

  async function domain(web) {
    const address = web.networks.v4.find(network => network.type === 'public').ip_address;
    await api.createDomain({ name: 'lab.test', ip_address: address });
    is((await api.domain('lab.test')).domain.name, 'lab.test');
    const text = (await api.createRecord('lab.test', { type: 'TXT', name: 't', data: 'hello there', ttl: 60 })).domain_record;
    is([text.data, text.ttl], ['hello there', 60]);
    const service = (await api.createRecord(
      'lab.test', { type: 'SRV', name: '_sip._tcp', data: 'sip.lab.test.', priority: 1, port: 5060, weight: 2 })).domain_record;
    is([service.priority, service.port, service.weight], [1, 5060, 2]);
    const authority = (await api.createRecord(
      'lab.test', { type: 'CAA', name: '@', data: 'letsencrypt.org.', flags: 0, tag: 'issue' })).domain_record;
    is([authority.flags, authority.tag], [0, 'issue']);
    is((await api.changeRecord('lab.test', text.id, { type: 'TXT', name: 't', data: 'bye' })).domain_record.data, 'bye');
    is((await api.record('lab.test', text.id)).domain_record.data, 'bye');
    await api.deleteRecord('lab.test', service.id);
    const kinds = (await api.records('lab.test')).domain_records.map(record => record.type);
    is([...new Set(kinds)].sort(), ['A', 'CAA', 'NS', 'SOA', 'TXT']);
    is((await api.domains()).domains.length, 1);
    await api.deleteDomain('lab.test');
    console.log('domain');
  }

  async function project(web) {
    const asked = { name: 'p', description: 'd', purpose: 'Web Application', environment: 'Development' };
    const { id } = (await api.createProject(asked)).project;
    const urn = `do:droplet:${web.id}`;
    is((await api.assign(id, [urn])).resources.map(resource => resource.urn), [urn]);
    is((await api.projectResources(id)).resources.map(resource => resource.urn), [urn]);
    const changed = (await api.patchProject(id, { name: 'p2' })).project;
    is([changed.name, changed.purpose], ['p2', 'Web Application']);
    const first = (await api.defaultProject()).project;
    assert(first.is_default && first.owner_uuid);
    await api.assign(first.id, [urn]);
    is((await api.projects()).projects.length, 2);
    await api.deleteProject(id);
    console.log('project');
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

  async function pages() {
    await api.createDomain({ name: 'pages.test', ip_address: '198.51.100.9' });
    for (let number = 0; number < 45; number++) {
      await api.createRecord('pages.test', { type: 'A', name: `h${number}`, data: '198.51.100.9', ttl: 1800 });
    }
    const seen = await api.allRecords('pages.test');
    is(new Set(seen.map(record => record.id)).size, 45 + 5);
    await api.deleteDomain('pages.test');
    console.log('pages');
  }

  async function monitoring(web) {
    if (!api.createAlert) {
      return;
    }
    const email = ['ops@example.com'];
    const alert = {
      type: 'v1/insights/droplet/cpu', description: 'busy', compare: 'GreaterThan', value: 80, window: '5m', entities: [`${web.id}`],
      tags: [], alerts: { email, slack: [] }, enabled: true,
    };
    const { uuid } = (await api.createAlert(alert)).policy;
    is((await api.changeAlert(uuid, { ...alert, value: 90 })).policy.value, 90);
    is((await api.alerts()).policies.map(policy => policy.uuid), [uuid]);
    await api.deleteAlert(uuid);
    const { check } = await api.createCheck({
      name: 'c', type: 'https', target: 'https://www.lab.test/', regions: ['us_east'], enabled: true,
    });
    is((await api.check(check.id)).check.name, 'c');
    assert((await api.checkState(check.id)).state);
    const down = (await api.createCheckAlert(check.id, {
      name: 'a', type: 'down', threshold: 1, comparison: 'greater_than', notifications: { email, slack: [] }, period: '2m',
    })).alert;
    is((await api.checkAlerts(check.id)).alerts.map(one => one.id), [down.id]);
    await api.deleteCheckAlert(check.id, down.id);
    await api.deleteCheck(check.id);
    is((await api.checks()).checks, []);
    console.log('monitoring');
  }

  async function refusals() {
    for (const [what, ask] of Object.entries({
      droplet: () => api.droplet(1),
      volume: () => api.volume(missing),
      firewall: () => api.firewall(missing),
      balancer: () => api.balancer(missing),
      certificate: () => api.certificate(missing),
      domain: () => api.domain('missing.test'),
      tag: () => api.tag('missing'),
      key: () => api.key(1),
      snapshot: () => api.snapshot('1'),
      image: () => api.image('missing'),
      action: () => api.action(1),
    })) {
      await refused(what, 404, ask());
    }
    await refused('a wrong name', 422, api.createDroplet({ name: 'not a host name', region, size, image }));
    console.log('404 422');
  }

  try {
    await api.tooManyRequests(refused);
    await catalog();
    const ssh = await key();
    const vpc = await network();
    const web = await droplet(ssh, vpc);
    await tags(web);
    await volume(web);
    await firewall(web);
    await balancer(web, vpc);
    await domain(web);
    await project(web);
    await actions(web);
    await snapshots(web);
    await pages();
    await monitoring(web);
    await refusals();
    await api.deleteDroplet(web.id);
    await until('no Droplet is left', async () => (await api.droplets()).droplets.length === 0);
    if (vpc) {
      await until('the VPC is gone', async () => api.deleteVpc(vpc.id).then(() => true, exception => api.refusal(exception).status === 404));
    }
    for (const tag of ['web', 'copies', 'disk']) {
      await api.deleteTag(tag);
    }
    await api.deleteKey(ssh.id);
    console.log('gone');
  } catch (exception) {
    const { status, request, message } = api.refusal(exception);
    // Their own errors are long, and have the token.
    throw status ? new Error(`${request}: ${status} ${message}`) : exception;
  }
}
