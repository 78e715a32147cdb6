// What every part of a life uses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export { assert };
export const is = assert.deepEqual;
export const region = 'tor1';
export const size = 's-1vcpu-1gb';
export const image = 'debian-13-x64';
export const missing = '00000000-0000-4000-8000-000000000000';
const milliseconds = 60_000;

export async function until(what, holds) {
  for (const end = Date.now() + milliseconds; !await holds(); await new Promise(go => setTimeout(go, 100))) {
    assert(Date.now() < end, `never: ${what}`);
  }
}

/** What needs the client: its refusals, actions and Droplets. */
export function checksOf(api, folder) {
  const file = name => readFileSync(join(folder, name), 'utf8');

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

  return { api, file, refused, completed, active };
}
