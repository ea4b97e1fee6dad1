# SPDX-License-Identifier: MPL-2.0
from azure.core.exceptions import HttpResponseError

from judge import REGION, JudgeTest


class NetworkingTest(JudgeTest):
    def make_vpc(self, name, ip_range):
        body = {"name": name, "region": REGION, "ip_range": ip_range}
        return self.client.vpcs.create(body=body)["vpc"]["id"]

    def remove_vpc(self, vpc):
        def removed():
            try:
                self.client.vpcs.delete(vpc)
                return True
            except HttpResponseError as error:
                self.assertEqual(error.status_code, 409)
                return False
        self.eventually("VPC deleted", removed)

    def gone(self, get, thing):
        """Waits until getting the thing is answered with not_found."""
        def missing():
            try:
                return get(thing).get("id") == "not_found"
            except HttpResponseError as error:
                return error.status_code == 404
        self.eventually("gone", missing)

    def test_vpc_peerings(self):
        first, second = self.make_vpc("peer-a", "10.40.0.0/20"), self.make_vpc("peer-b", "10.41.0.0/20")
        peerings = self.client.vpc_peerings
        body = {"name": "a-b", "vpc_ids": [first, second]}
        made = peerings.create(body=body)["vpc_peering"]
        self.assertEqual(made["status"], "PROVISIONING")
        self.refused("unprocessable_entity", "same name", peerings.create, body=body)
        self.eventually("active", lambda: peerings.get(made["id"])["vpc_peering"]["status"] == "ACTIVE")
        renamed = peerings.patch(made["id"], body={"name": "new"})["vpc_peering"]
        self.assertEqual(renamed["name"], "new")
        self.assertEqual(peerings.list()["vpc_peerings"], [renamed])
        self.assertEqual(peerings.delete(made["id"])["vpc_peering"]["status"], "DELETING")
        self.gone(peerings.get, made["id"])
        by_vpc = self.client.vpcs.create_peerings(
            first, body={"name": "by-vpc", "vpc_id": second})["vpc_peering"]
        self.client.vpcs.patch_peerings(second, by_vpc["id"], body={"name": "again"})
        listed = self.client.vpcs.list_peerings(second)["vpc_peerings"]
        self.assertEqual([each["name"] for each in listed], ["again"])
        peerings.delete(by_vpc["id"])
        self.gone(peerings.get, by_vpc["id"])
        self.remove_vpc(first)
        self.remove_vpc(second)

    def test_nat_gateways(self):
        vpc = self.make_vpc("behind-nat", "10.42.0.0/20")
        gateways = self.client.vpcnatgateways
        body = {"name": "out", "type": "PUBLIC", "region": REGION, "size": 1,
                "vpcs": [{"vpc_uuid": vpc, "default_gateway": True}]}
        made = gateways.create(body=body)["vpc_nat_gateway"]
        self.assertEqual((made["state"], made["egresses"]["public_gateways"]), ("NEW", []))
        self.refused("unprocessable_entity", "size", gateways.create,
                     body={**body, "name": "big", "size": 1000})
        active = self.eventually("active", lambda: next(
            (each for each in gateways.list()["vpc_nat_gateways"] if each["state"] == "ACTIVE"), None))
        self.assertTrue(active["egresses"]["public_gateways"][0]["ipv4"])
        wider = gateways.update(made["id"], body={"name": "out", "size": 2})["vpc_nat_gateway"]
        self.assertEqual(wider["size"], 2)
        self.assertEqual(gateways.get(made["id"])["vpc_nat_gateway"], wider)
        gateways.delete(made["id"])
        self.gone(gateways.get, made["id"])
        self.remove_vpc(vpc)

    def test_firewalls(self):
        firewalls = self.client.firewalls
        droplet = self.make_droplet("guarded")["id"]
        body = {"name": "judged", "droplet_ids": [droplet], "inbound_rules": [
            {"protocol": "tcp", "ports": "all", "sources": {"addresses": ["10.0.0.0/8"]}}]}
        made = firewalls.create(body=body)["firewall"]
        self.assertEqual((made["status"], made["inbound_rules"][0]["ports"]), ("waiting", "0"))
        self.refused("conflict", "duplicate name", firewalls.create, body=body)
        self.refused("unprocessable_entity", "at least one", firewalls.create, body={"name": "empty"})
        self.eventually("applied",
                        lambda: firewalls.get(made["id"])["firewall"]["status"] == "succeeded")
        rules = {"outbound_rules": [{"protocol": "icmp", "ports": "0",
                                     "destinations": {"addresses": ["0.0.0.0/0"]}}]}
        firewalls.add_rules(made["id"], body=rules)
        firewalls.add_tags(made["id"], body={"tags": ["more"]})
        firewalls.delete_droplets(made["id"], body={"droplet_ids": [droplet]})
        changed = firewalls.list()["firewalls"][0]
        self.assertEqual((len(changed["outbound_rules"]), changed["tags"], changed["droplet_ids"]),
                         (1, ["more"], []))
        firewalls.delete_rules(made["id"], body=rules)
        firewalls.delete_tags(made["id"], body={"tags": ["more"]})
        firewalls.assign_droplets(made["id"], body={"droplet_ids": [droplet]})
        changed = firewalls.get(made["id"])["firewall"]
        self.assertEqual((changed["outbound_rules"], changed["droplet_ids"]), ([], [droplet]))
        replaced = firewalls.update(made["id"], body={
            "name": "renamed", "inbound_rules": body["inbound_rules"]})["firewall"]
        self.assertEqual((replaced["name"], replaced["droplet_ids"]), ("renamed", []))
        firewalls.delete(made["id"])
        self.refused("not_found", "", firewalls.get, made["id"])
        self.client.droplets.destroy(droplet)
