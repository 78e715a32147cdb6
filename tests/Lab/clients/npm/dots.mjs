// DigitalOcean's own client, which is made from the specification: its names of members are in camel case.
//
// usage: node dots.mjs FOLDER
import { createDigitalOceanClient, DigitalOceanApiKeyAuthenticationProvider } from '@digitalocean/dots';
import { FetchRequestAdapter } from '@microsoft/kiota-http-fetchlibrary';
import { live } from './life.mjs';

const { v2 } = createDigitalOceanClient(
  new FetchRequestAdapter(new DigitalOceanApiKeyAuthenticationProvider(process.env.DIGITALOCEAN_TOKEN)));

const camel = name => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
// Names that its language keeps for itself have a word more.
const snake = name => name.replace(/Escaped$/, '').replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

function renamed(value, rename) {
  if (Array.isArray(value)) {
    return value.map(one => renamed(one, rename));
  }
  if (value === null || typeof value !== 'object' || value instanceof Date) {
    return value;
  }
  // What the specification does not know is in a member of its own.
  const { additionalData = {}, backingStoreEnabled: _, ...members } = value;
  return Object.fromEntries(
    Object.entries({ ...additionalData, ...members }).map(([name, one]) => [rename(name), renamed(one, rename)]));
}

const asked = body => renamed(body, camel);
const read = async promise => renamed(await promise, snake);
const query = parameters => ({ queryParameters: parameters });
const all = query({ perPage: 200 });

const droplet = id => v2.droplets.byDroplet_id(id);
const key = id => v2.account.keys.bySsh_key_identifier(id);
const image = id => v2.images.byImage_id(id);
const volume = id => v2.volumes.byVolume_id(id);
const firewall = id => v2.firewalls.byFirewall_id(id);
const balancer = id => v2.load_balancers.byLb_id(id);
const domain = name => v2.domains.byDomain_name(name);
const record = (name, id) => domain(name).records.byDomain_record_id(id);
const project = id => v2.projects.byProject_id(id);
const check = id => v2.uptime.checks.byCheck_id(id);

async function allRecords(name) {
  const records = [];
  for (let page = 1; ; page++) {
    const answer = await read(domain(name).records.get(query({ page })));
    records.push(...answer.domain_records);
    if (!answer.links.pages?.next) {
      return records;
    }
  }
}

await live({
  // Its errors do not say what was asked.
  refusal: exception => ({
    status: exception.responseStatusCode, request: 'refused', message: exception.messageEscaped ?? exception.message,
  }),
  // It asks again by itself.
  async tooManyRequests() {
    await v2.sizes.get();
    console.log('429, asked again');
  },

  account: () => read(v2.account.get()),
  action: id => read(v2.actions.byAction_id(id).get()),
  actions: () => read(v2.actions.get(all)),
  sizes: () => read(v2.sizes.get(all)),
  regions: () => read(v2.regions.get(all)),
  images: () => read(v2.images.get(all)),
  image: id => read(image(id).get()),
  renameImage: (id, name) => read(image(id).put({ name })),

  createKey: body => read(v2.account.keys.post(asked(body))),
  key: id => read(key(id).get()),
  keys: () => read(v2.account.keys.get(all)),
  renameKey: (id, name) => read(key(id).put({ name })),
  deleteKey: id => key(id).delete(),

  createVpc: body => read(v2.vpcs.post(asked(body))),
  vpc: id => read(v2.vpcs.byVpc_id(id).get()),
  vpcs: () => read(v2.vpcs.get(all)),
  vpcMembers: id => read(v2.vpcs.byVpc_id(id).members.get()),
  changeVpc: (id, body) => read(v2.vpcs.byVpc_id(id).patch(asked(body))),
  deleteVpc: id => v2.vpcs.byVpc_id(id).delete(),

  createDroplet: body => read(v2.droplets.post(asked(body))),
  droplet: id => read(droplet(id).get()),
  droplets: () => read(v2.droplets.get(all)),
  dropletsByTag: tagName => read(v2.droplets.get(query({ tagName }))),
  neighbors: id => read(droplet(id).neighbors.get()),
  backups: id => read(droplet(id).backups.get()),
  dropletSnapshots: id => read(droplet(id).snapshots.get()),
  dropletAction: (id, action) => read(droplet(id).actions.post(asked(action))),
  dropletActionOf: (id, action) => read(droplet(id).actions.byAction_id(action).get()),
  dropletActions: id => read(droplet(id).actions.get(all)),
  tagAction: (tagName, action) => read(v2.droplets.actions.post(asked(action), query({ tagName }))),
  deleteDroplet: id => droplet(id).delete(),
  deleteDropletsByTag: tagName => v2.droplets.delete(query({ tagName })),

  createTag: name => read(v2.tags.post({ name })),
  tag: name => read(v2.tags.byTag_id(name).get()),
  tags: () => read(v2.tags.get(all)),
  tagResources: (name, resources) => v2.tags.byTag_id(name).resources.post(asked({ resources })),
  untagResources: (name, resources) => v2.tags.byTag_id(name).resources.delete(asked({ resources })),
  deleteTag: name => v2.tags.byTag_id(name).delete(),

  createVolume: body => read(v2.volumes.post(asked(body))),
  volume: id => read(volume(id).get()),
  volumes: () => read(v2.volumes.get(all)),
  volumesByName: (name, region) => read(v2.volumes.get(query({ name, region }))),
  volumeAction: (id, action) => read(volume(id).actions.post(asked(action))),
  createVolumeSnapshot: (id, body) => read(volume(id).snapshots.post(asked(body))),
  volumeSnapshots: id => read(volume(id).snapshots.get()),
  deleteVolume: id => volume(id).delete(),
  deleteVolumeByName: (name, region) => v2.volumes.delete(query({ name, region })),

  snapshot: id => read(v2.snapshots.bySnapshot_id(id).get()),
  snapshots: () => read(v2.snapshots.get(all)),
  deleteSnapshot: id => v2.snapshots.bySnapshot_id(id).delete(),

  createFirewall: body => read(v2.firewalls.post(asked(body))),
  firewall: id => read(firewall(id).get()),
  firewalls: () => read(v2.firewalls.get(all)),
  changeFirewall: (id, body) => read(firewall(id).put(asked(body))),
  addFirewallDroplets: (id, dropletIds) => firewall(id).droplets.post({ dropletIds }),
  removeFirewallDroplets: (id, dropletIds) => firewall(id).droplets.delete({ dropletIds }),
  addFirewallTags: (id, tags) => firewall(id).tags.post({ tags }),
  removeFirewallTags: (id, tags) => firewall(id).tags.delete({ tags }),
  addFirewallRules: (id, rules) => firewall(id).rules.post(asked(rules)),
  removeFirewallRules: (id, rules) => firewall(id).rules.delete(asked(rules)),
  deleteFirewall: id => firewall(id).delete(),

  createCertificate: body => read(v2.certificates.post(asked(body))),
  certificate: id => read(v2.certificates.byCertificate_id(id).get()),
  certificates: () => read(v2.certificates.get(all)),
  deleteCertificate: id => v2.certificates.byCertificate_id(id).delete(),

  // It cannot create or change a load balancer: it refuses to write the body.
  balancer: id => read(balancer(id).get()),
  balancers: () => read(v2.load_balancers.get(all)),

  createDomain: body => read(v2.domains.post(asked(body))),
  domain: name => read(domain(name).get()),
  domains: () => read(v2.domains.get(all)),
  createRecord: (name, body) => read(domain(name).records.post(asked(body))),
  record: (name, id) => read(record(name, id).get()),
  records: name => read(domain(name).records.get(all)),
  allRecords,
  changeRecord: (name, id, body) => read(record(name, id).put(asked(body))),
  deleteRecord: (name, id) => record(name, id).delete(),
  deleteDomain: name => domain(name).delete(),

  createProject: body => read(v2.projects.post(asked(body))),
  projects: () => read(v2.projects.get(all)),
  defaultProject: () => read(v2.projects.defaultEscaped.get()),
  patchProject: (id, body) => read(project(id).patch(asked(body))),
  assign: (id, resources) => read(project(id).resources.post({ resources })),
  projectResources: id => read(project(id).resources.get()),
  deleteProject: id => project(id).delete(),

  createAlert: body => read(v2.monitoring.alerts.post(asked(body))),
  changeAlert: (id, body) => read(v2.monitoring.alerts.byAlert_uuid(id).put(asked(body))),
  alerts: () => read(v2.monitoring.alerts.get(all)),
  deleteAlert: id => v2.monitoring.alerts.byAlert_uuid(id).delete(),
  createCheck: body => read(v2.uptime.checks.post(asked(body))),
  check: id => read(check(id).get()),
  checks: () => read(v2.uptime.checks.get(all)),
  checkState: id => read(check(id).state.get()),
  createCheckAlert: (id, body) => read(check(id).alerts.post(asked(body))),
  checkAlerts: id => read(check(id).alerts.get()),
  deleteCheckAlert: (id, alert) => check(id).alerts.byAlert_id(alert).delete(),
  deleteCheck: id => check(id).delete(),
}, process.argv[2]);
