"""Lexicon adds, lists, changes and removes records of a zone of the account. Prints what it saw, a line each.

usage: dns-lexicon.py
"""

import os
import sys

import digitalocean
import requests
from lexicon.client import Client
from lexicon.config import ConfigResolver

TOKEN = os.environ["DIGITALOCEAN_TOKEN"]
ZONE = "example.net"


def lexicon(action, kind, token=TOKEN, zone=ZONE, **options):
    settings = {"provider_name": "digitalocean", "action": action, "domain": zone, "type": kind, "digitalocean": {"auth_token": token}}
    return Client(ConfigResolver().with_dict({**settings, **options})).execute()


def listed(kind, **options):
    return [(record["name"], record["content"], record["ttl"]) for record in lexicon("list", kind, **options)]


def refused(**options):
    try:
        lexicon("list", "A", **options)
    except requests.HTTPError as error:
        return error.response.status_code
    sys.exit("not refused")


zone = digitalocean.Domain(token=TOKEN, name=ZONE)
zone.create()
lexicon("create", "A", name="www", content="192.0.2.1", ttl=300)
lexicon("create", "A", name="www", content="192.0.2.1", ttl=300)  # it looks first, so there is one
lexicon("create", "AAAA", name="www", content="2001:db8::1", ttl=300)
lexicon("create", "CNAME", name="alias", content=f"www.{ZONE}", ttl=300)
lexicon("create", "TXT", name=f"_acme-challenge.{ZONE}.", content="first", ttl=300)
print("created", listed("A"), listed("AAAA"))
print("aliases", listed("CNAME"), listed("TXT"))
number = lexicon("list", "A", name="www")[0]["id"]
lexicon("update", "A", identifier=str(number), name="www", content="192.0.2.2", ttl=600)
print("updated", listed("A"))
for host in range(30):
    lexicon("create", "A", name=f"host-{host}", content="192.0.2.3", ttl=300)
print("pages", len(listed("A")), len(listed("A", name="host-29")))
lexicon("delete", "TXT", name="_acme-challenge", content="another")
lexicon("delete", "A", content="192.0.2.3")
print("deleted", listed("A"), listed("TXT"))
print("refused", refused(zone="example.org"), refused(token="wrong"))
zone.destroy()
