// usage: node do-wrapper.mjs FOLDER
import wrapper from 'do-wrapper';
import { live } from './life.mjs';

const client = new wrapper.default(process.env.DIGITALOCEAN_TOKEN, 200);
const { account, actions, certificates, domains, droplets, firewalls, images, keys, loadBalancers, projects } = client;
const { regions, sizes, snapshots, tags, volumes } = client;

await live({
  refusal: exception => ({
    status: exception.response?.statusCode,
    request: `${exception.options?.method} ${exception.options?.url}`,
    message: exception.response && JSON.parse(exception.response.body).message,
  }),
  async tooManyRequests(refused) {
    await refused('too many requests', 429, sizes.get());
    console.log('429');
  },

  account: () => account.get(),
  action: id => actions.getById(id),
  actions: () => actions.get(),
  sizes: () => sizes.get(),
  regions: () => regions.getAll(),
  images: () => images.getAll(),
  image: id => images.getByIdOrSlug(id),
  renameImage: (id, name) => images.rename(id, name),

  createKey: body => keys.add(body),
  key: id => typeof id === 'number' ? keys.getById(id) : keys.getByFingerprint(id),
  keys: () => keys.getAll(),
  renameKey: (id, name) => keys.rename(id, name),
  deleteKey: id => keys.delete(id),

  createDroplet: body => droplets.create(body),
  droplet: id => droplets.getById(id),
  droplets: () => droplets.getAll(),
  dropletsByTag: tag => droplets.getAll(tag),
  neighbors: id => droplets.getNeighbors(id),
  backups: id => droplets.getBackups(id),
  dropletSnapshots: id => droplets.getSnapshots(id),
  dropletAction: (id, action) => droplets.requestAction(id, action),
  dropletActionOf: (id, action) => droplets.getAction(id, action),
  dropletActions: id => droplets.getActions(id),
  tagAction: (tag, action) => droplets.requestActionByTag(tag, action),
  deleteDroplet: id => droplets.deleteById(id),
  deleteDropletsByTag: tag => droplets.deleteByTag(tag),

  createTag: name => tags.create(name),
  tag: name => tags.getByName(name),
  tags: () => tags.getAll(),
  // It sends what it is given as the whole body.
  tagResources: (name, resources) => tags.addResources(name, { resources }),
  untagResources: (name, resources) => tags.removeResources(name, { resources }),
  deleteTag: name => tags.delete(name),

  createVolume: body => volumes.create(body),
  volume: id => volumes.getById(id),
  volumes: () => volumes.getAll(),
  volumesByName: (name, region) => volumes.getByNameAndRegion(name, region),
  volumeAction: (id, action) => volumes.requestAction(id, action),
  createVolumeSnapshot: (id, body) => volumes.createSnapshot(id, body),
  volumeSnapshots: id => volumes.getSnapshots(id),
  deleteVolume: id => volumes.deleteById(id),
  deleteVolumeByName: (name, region) => volumes.deleteByNameAndRegion(name, region),

  snapshot: id => snapshots.getById(id),
  snapshots: () => snapshots.get(),
  deleteSnapshot: id => snapshots.deleteById(id),

  createFirewall: body => firewalls.create(body),
  firewall: id => firewalls.getById(id),
  firewalls: () => firewalls.getAll(),
  changeFirewall: (id, body) => firewalls.update(id, body),
  addFirewallDroplets: (id, ids) => firewalls.addDroplets(id, ids),
  removeFirewallDroplets: (id, ids) => firewalls.removeDroplets(id, ids),
  addFirewallTags: (id, names) => firewalls.addTags(id, names),
  removeFirewallTags: (id, names) => firewalls.removeTags(id, names),
  addFirewallRules: (id, rules) => firewalls.addRules(id, rules),
  removeFirewallRules: (id, rules) => firewalls.removeRules(id, rules),
  deleteFirewall: id => firewalls.delete(id),

  createCertificate: body => certificates.create(body),
  certificate: id => certificates.getById(id),
  certificates: () => certificates.getAll(),
  deleteCertificate: id => certificates.delete(id),

  createBalancer: body => loadBalancers.create(body),
  balancer: id => loadBalancers.getById(id),
  balancers: () => loadBalancers.getAll(),
  changeBalancer: (id, body) => loadBalancers.update(id, body),
  addBalancerRules: (id, rules) => loadBalancers.addForwardingRules(id, rules),
  removeBalancerRules: (id, rules) => loadBalancers.removeForwardingRules(id, rules),
  addBalancerDroplets: (id, ids) => loadBalancers.addDroplets(id, ids),
  removeBalancerDroplets: (id, ids) => loadBalancers.removeDroplets(id, ids),
  deleteBalancer: id => loadBalancers.delete(id),

  createDomain: body => domains.create(body),
  domain: name => domains.getByName(name),
  domains: () => domains.getAll(),
  createRecord: (name, body) => domains.createRecord(name, body),
  record: (name, id) => domains.getRecord(name, id),
  records: name => domains.getAllRecords(name),
  allRecords: name => domains.getAllRecords(name, '', true),
  changeRecord: (name, id, body) => domains.updateRecord(name, id, body),
  deleteRecord: (name, id) => domains.deleteRecord(name, id),
  deleteDomain: name => domains.delete(name),

  createProject: body => projects.create(body),
  projects: () => projects.getAll(),
  defaultProject: () => projects.getDefault(),
  patchProject: (id, body) => projects.patch(id, body),
  assign: (id, resources) => projects.addResources(id, resources),
  projectResources: id => projects.getResources(id),
  // It has no call of its own.
  deleteProject: id => fetch(`https://api.digitalocean.com/v2/projects/${id}`, {
    method: 'DELETE', headers: { authorization: `Bearer ${process.env.DIGITALOCEAN_TOKEN}` },
  }),
}, process.argv[2]);
