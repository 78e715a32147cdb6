// usage: node dots-wrapper.mjs FOLDER
import { createApiClient } from 'dots-wrapper';
import { live } from './life.mjs';

const client = createApiClient({ token: process.env.DIGITALOCEAN_TOKEN });
const all = { per_page: 200 };
const data = async promise => (await promise).data;
const { account, action, certificate, domain, droplet, firewall, image, loadBalancer, project, region, size, snapshot } = client;
const { sshKey, tag, volume, vpc } = client;

const dropletActions = {
  power_off: droplet.powerOffDroplet, power_on: droplet.powerOnDroplet, power_cycle: droplet.powerCycleDroplet,
  reboot: droplet.rebootDroplet, shutdown: droplet.shutdownDroplet, rename: droplet.renameDroplet, resize: droplet.resizeDroplet,
  snapshot: droplet.snapshotDroplet, enable_backups: droplet.enableDropletBackups, disable_backups: droplet.disableDropletBackups,
  password_reset: droplet.resetDropletPassword,
};
const volumeActions = {
  attach: volume.attachVolumeToDroplet, detach: volume.detachVolumeFromDroplet, resize: volume.resizeVolume,
};

async function allRecords(domain_name) {
  const records = [];
  for (let page = 1; ; page++) {
    const answer = await data(domain.listDomainRecords({ domain_name, page, per_page: 20 }));
    records.push(...answer.domain_records);
    if (!answer.links.pages?.next) {
      return records;
    }
  }
}

await live({
  refusal: exception => ({
    status: exception.response?.status,
    request: `${exception.config?.method} ${exception.config?.url}`,
    message: exception.response?.data.message,
  }),
  async tooManyRequests(refused) {
    await refused('too many requests', 429, size.listSizes(all));
    console.log('429');
  },

  account: () => data(account.getAccount()),
  action: action_id => data(action.getAction({ action_id })),
  actions: () => data(action.listActions(all)),
  sizes: () => data(size.listSizes(all)),
  regions: () => data(region.listRegions(all)),
  images: () => data(image.listImages(all)),
  image: id => data(image.getImage(typeof id === 'number' ? { image_id: id } : { slug: id })),
  // Its own call to change one is a POST, which DigitalOcean does not have.

  createKey: body => data(sshKey.createSshKey(body)),
  key: ssh_key_id => data(sshKey.getSshKey({ ssh_key_id })),
  keys: () => data(sshKey.listSshKeys(all)),
  renameKey: (ssh_key_id, name) => data(sshKey.updateSshKey({ ssh_key_id, name })),
  deleteKey: ssh_key_id => sshKey.destroySshKey({ ssh_key_id }),

  createVpc: body => data(vpc.createVpc(body)),
  vpc: vpc_id => data(vpc.getVpc({ vpc_id })),
  vpcs: () => data(vpc.listVpcs(all)),
  vpcMembers: vpc_id => data(vpc.listVpcResources({ vpc_id })),
  changeVpc: (vpc_id, body) => data(vpc.updateVpc({ vpc_id, ...body })),
  deleteVpc: vpc_id => vpc.deleteVpc({ vpc_id }),

  createDroplet: body => data(droplet.createDroplet(body)),
  droplet: droplet_id => data(droplet.getDroplet({ droplet_id })),
  droplets: () => data(droplet.listDroplets(all)),
  dropletsByTag: tag_name => data(droplet.listDroplets({ tag_name })),
  neighbors: droplet_id => data(droplet.listDropletNeighbors({ droplet_id })),
  backups: droplet_id => data(droplet.listDropletBackups({ droplet_id })),
  dropletSnapshots: droplet_id => data(droplet.listDropletSnapshots({ droplet_id })),
  dropletAction: (droplet_id, { type, ...more }) => data(dropletActions[type]({ droplet_id, ...more })),
  dropletActionOf: (droplet_id, action_id) => data(droplet.getDropletAction({ droplet_id, action_id })),
  dropletActions: droplet_id => data(droplet.listDropletActions({ droplet_id })),
  tagAction: (tag_name, { type }) => data(droplet.doActionByDropletTag({ tag_name, type })),
  deleteDroplet: droplet_id => droplet.deleteDroplet({ droplet_id }),
  deleteDropletsByTag: tag_name => droplet.deleteDropletsByTag({ tag_name }),

  createTag: name => data(tag.createTag({ name })),
  tag: tag_name => data(tag.getTag({ tag_name })),
  tags: () => data(tag.listTags(all)),
  tagResources: (tag_name, resources) => tag.tagResources({ tag_name, resources }),
  untagResources: (tag_name, resources) => tag.untagResources({ tag_name, resources }),
  deleteTag: tag_name => tag.deleteTag({ tag_name }),

  createVolume: body => data(volume.createVolume(body)),
  volume: volume_id => data(volume.getVolume({ volume_id })),
  volumes: () => data(volume.listVolumes(all)),
  volumesByName: name => data(volume.listVolumes({ name })),
  volumeAction: (volume_id, { type, ...more }) => data(volumeActions[type]({ volume_id, ...more })),
  createVolumeSnapshot: (volume_id, body) => data(volume.createVolumeSnapshot({ volume_id, ...body })),
  volumeSnapshots: volume_id => data(volume.listVolumeSnapshots({ volume_id })),
  deleteVolume: volume_id => volume.deleteVolume({ volume_id }),
  deleteVolumeByName: (volume_name, region) => volume.deleteVolumeByName({ volume_name, region }),

  snapshot: snapshot_id => data(snapshot.getSnapshot({ snapshot_id })),
  snapshots: () => data(snapshot.listSnapshots(all)),
  deleteSnapshot: snapshot_id => snapshot.deleteSnapshot({ snapshot_id }),

  createFirewall: body => data(firewall.createFirewall(body)),
  firewall: firewall_id => data(firewall.getFirewall({ firewall_id })),
  firewalls: () => data(firewall.listFirewalls(all)),
  changeFirewall: (id, body) => data(firewall.updateFirewall({ id, ...body })),
  addFirewallDroplets: (firewall_id, droplet_ids) => firewall.addDropletsToFirewall({ firewall_id, droplet_ids }),
  removeFirewallDroplets: (firewall_id, droplet_ids) => firewall.removeDropletsFromFirewall({ firewall_id, droplet_ids }),
  addFirewallTags: (firewall_id, tags) => firewall.addTagsToFirewall({ firewall_id, tags }),
  removeFirewallTags: (firewall_id, tags) => firewall.removeTagsFromFirewall({ firewall_id, tags }),
  addFirewallRules: (firewall_id, rules) => firewall.addRulesToFirewall({ firewall_id, ...rules }),
  removeFirewallRules: (firewall_id, rules) => firewall.removeRulesFromFirewall({ firewall_id, ...rules }),
  deleteFirewall: firewall_id => firewall.deleteFirewall({ firewall_id }),

  createCertificate: body => data(certificate.createCertificate(body)),
  certificate: certificate_id => data(certificate.getCertificate({ certificate_id })),
  certificates: () => data(certificate.listCertificates(all)),
  deleteCertificate: certificate_id => certificate.deleteCertificate({ certificate_id }),

  createBalancer: body => data(loadBalancer.createLoadBalancer(body)),
  balancer: load_balancer_id => data(loadBalancer.getLoadBalancer({ load_balancer_id })),
  balancers: () => data(loadBalancer.listLoadBalancers(all)),
  changeBalancer: (load_balancer_id, body) => data(loadBalancer.updateLoadBalancer({ load_balancer_id, ...body })),
  addBalancerRules: (load_balancer_id, forwarding_rules) => loadBalancer.addRulesToLoadBalancer({ load_balancer_id, forwarding_rules }),
  removeBalancerRules: (load_balancer_id, forwarding_rules) =>
    loadBalancer.removeRulesFromLoadBalancer({ load_balancer_id, forwarding_rules }),
  addBalancerDroplets: (load_balancer_id, droplet_ids) => loadBalancer.addDropletsToLoadBalancer({ load_balancer_id, droplet_ids }),
  removeBalancerDroplets: (load_balancer_id, droplet_ids) =>
    loadBalancer.removeDropletsFromLoadBalancer({ load_balancer_id, droplet_ids }),
  deleteBalancer: load_balancer_id => loadBalancer.deleteLoadBalancer({ load_balancer_id }),

  createDomain: body => data(domain.createDomain(body)),
  domain: name => data(domain.getDomain({ name })),
  domains: () => data(domain.listDomains(all)),
  createRecord: (domain_name, body) => data(domain.createDomainRecord({ domain_name, ...body })),
  record: (domain_name, domain_record_id) => data(domain.getDomainRecord({ domain_name, domain_record_id })),
  records: domain_name => data(domain.listDomainRecords({ domain_name, ...all })),
  allRecords,
  changeRecord: (domain_name, domain_record_id, body) => data(domain.updateDomainRecord({ domain_name, domain_record_id, ...body })),
  deleteRecord: (domain_name, domain_record_id) => domain.deleteDomainRecord({ domain_name, domain_record_id }),
  deleteDomain: name => domain.deleteDomain({ name }),

  createProject: body => data(project.createProject(body)),
  projects: () => data(project.listProjects(all)),
  defaultProject: () => data(project.getDefaultProject()),
  patchProject: (project_id, body) => data(project.patchProject({ project_id, ...body })),
  assign: (project_id, resources) => data(project.assignResourcesToProject({ project_id, resources })),
  projectResources: project_id => data(project.listProjectResources({ project_id })),
  deleteProject: project_id => project.deleteProject({ project_id }),
}, process.argv[2]);
