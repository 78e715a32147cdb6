// What belongs to the account and no server.
import { assert, image, is, missing, region, size } from './checks.mjs';

export function accountOf({ api, file, refused }) {
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

  return { catalog, key, tags, domain, project, pages, monitoring, refusals };
}
