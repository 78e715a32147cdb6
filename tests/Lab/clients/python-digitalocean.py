"""A life of a Droplet by python-digitalocean, a client that others wrote. Prints what it saw, a line each; any surprise is an exception.

usage: python-digitalocean.py KEY     a private SSH key, with KEY.pub
"""

import os
import subprocess
import sys
import time

import digitalocean

TOKEN = os.environ["DIGITALOCEAN_TOKEN"]
SECONDS = 120
KEY = sys.argv[1]


def until(what, holds):
    end = time.monotonic() + SECONDS
    while not (value := holds()):
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.5)
    return value


def is_in(status):
    def holds(droplet):
        droplet.load()
        return droplet.status == status

    return holds


def ended(droplet, answer):
    number = answer["action"]["id"]
    until(f"action {number}", lambda: droplet.get_action(number).status != "in-progress")
    return droplet.get_action(number).status


def ssh(droplet, command):
    words = ["ssh", "-F", "none", "-i", KEY, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"]
    words += ["-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=3", f"root@{droplet.ip_address}", command]

    def answer():
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return f"{done.stdout.strip()}." if done.returncode == 0 else None

    return until(f"ssh {command}", answer)


def droplet_of(name, image, key):
    droplet = digitalocean.Droplet(
        token=TOKEN, name=name, region="tor1", image=image, size_slug="s-1vcpu-1gb", ssh_keys=[key.id], tags=["web"])
    droplet.create()
    until(f"{name} is active", lambda: is_in("active")(droplet))
    return droplet


manager = digitalocean.Manager(token=TOKEN)
print("account", manager.get_account().status)
with open(f"{KEY}.pub", encoding="ascii") as public:
    key = digitalocean.SSHKey(token=TOKEN, name="k", public_key=public.read().strip())
key.create()

web = droplet_of("web", "debian-13-x64", key)
print("by tag", [droplet.name for droplet in manager.get_all_droplets(tag_name="web")])
print("host", ssh(web, "hostname; echo kept > /root/mark; sync"))
print("power_off", ended(web, web.power_off()))
until("web is off", lambda: is_in("off")(web))
print("snapshot", ended(web, web.take_snapshot("snap")))
print("power_on", ended(web, web.power_on()))
print("disk", ssh(web, "cat /root/mark"))
print("reboot", ended(web, web.reboot()))
print("disk", ssh(web, "cat /root/mark"))

web.load()
copy = droplet_of("copy", web.snapshot_ids[0], key)
print("copy", ssh(copy, "cat /root/mark"))

volume = digitalocean.Volume(token=TOKEN, name="vol", region="tor1", size_gigabytes=1, filesystem_type="ext4")
volume.create()
volume.attach(web.id, "tor1")
print("volume", ssh(web, "until ls /dev/disk/by-id/scsi-0DO_Volume_vol; do sleep 0.2; done"))
volume.detach(web.id, "tor1")
until("vol is detached", lambda: not manager.get_volume(volume.id).droplet_ids)
volume.destroy()

rule = digitalocean.InboundRule(protocol="tcp", ports="22", sources=digitalocean.Sources(addresses=["0.0.0.0/0"]))
firewall = digitalocean.Firewall(token=TOKEN, name="fw", inbound_rules=[rule], outbound_rules=[], droplet_ids=[web.id])
firewall.create()
print("firewall", ssh(web, "echo open"))
firewall.destroy()

domain = digitalocean.Domain(token=TOKEN, name="lab.test", ip_address=web.ip_address)
domain.create()
print("records", sorted({record.type for record in domain.get_records()}))
domain.destroy()

for image in manager.get_droplet_snapshots():
    image.destroy()
for droplet in (web, copy):
    droplet.destroy()
until("no Droplet is left", lambda: not manager.get_all_droplets())
key.destroy()
print("gone")
