// Everything that a client offers for the API on this machine, from creation to deletion. Prints a line for each part of the account; any
// surprise is an exception. What a client has no call for is left out, and its line, too.
import { accountOf } from './account.mjs';
import { checksOf, until } from './checks.mjs';
import { serversOf } from './servers.mjs';

/**
 * @param api     Calls by name: each takes what the API takes, and answers what the API answers, with the API's names of members.
 *                `refusal` reads the status, the request and the words of an exception.
 * @param folder  With key.pub, leaf.pem and leaf.key.
 */
export async function live(api, folder) {
  const checks = checksOf(api, folder);
  const account = accountOf(checks);
  const servers = serversOf(checks);

  try {
    await api.tooManyRequests(checks.refused);
    await account.catalog();
    const ssh = await account.key();
    const vpc = await servers.network();
    const web = await servers.droplet(ssh, vpc);
    await account.tags(web);
    await servers.volume(web);
    await servers.firewall(web);
    await servers.balancer(web, vpc);
    await account.domain(web);
    await account.project(web);
    await servers.actions(web);
    await servers.snapshots(web);
    await account.pages();
    await account.monitoring(web);
    await account.refusals();
    await api.deleteDroplet(web.id);
    await until('no Droplet is left', async () => (await api.droplets()).droplets.length === 0);
    if (vpc) {
      await until('the VPC is gone', () =>
        api.deleteVpc(vpc.id).then(() => true, exception => api.refusal(exception).status === 404));
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
