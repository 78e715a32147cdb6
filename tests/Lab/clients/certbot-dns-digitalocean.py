"""The DNS authenticator of certbot adds its record to a zone of the account, and removes it, as it does for each certificate.

usage: certbot-dns-digitalocean.py
"""

import os
import sys

import digitalocean
from certbot.errors import PluginError
from certbot_dns_digitalocean._internal.dns_digitalocean import _DigitalOceanClient

TOKEN = os.environ["DIGITALOCEAN_TOKEN"]
ZONE = "certbot.test"
NAME = f"_acme-challenge.www.{ZONE}"


def texts():
    return sorted((record.name, record.data, record.ttl) for record in zone.get_records() if record.type == "TXT")


def refused(work):
    try:
        work()
    except PluginError as error:
        return str(error)
    sys.exit("not refused")


zone = digitalocean.Domain(token=TOKEN, name=ZONE)
zone.create()
client = _DigitalOceanClient(TOKEN)
# Two at once: a certificate for a name and for its wildcard.
client.add_txt_record(NAME, NAME, "first", 30)
client.add_txt_record(NAME, NAME, "second", 30)
print("added", texts())
client.del_txt_record(NAME, NAME, "first")
print("left", texts())
client.del_txt_record(NAME, NAME, "second")
client.del_txt_record(NAME, NAME, "never added")
print("removed", texts())
print(refused(lambda: client.add_txt_record("example.com", "_acme-challenge.example.com", "x", 30)))
print(refused(lambda: _DigitalOceanClient("wrong").add_txt_record(NAME, NAME, "x", 30)))
zone.destroy()
