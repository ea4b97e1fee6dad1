# SPDX-License-Identifier: MPL-2.0
from urllib.parse import parse_qs, urlparse

from azure.core.exceptions import HttpResponseError

from judge import REGION, JudgeTest

BUSY = "Load Balancer can't be updated while it processes previous actions"


class NetworkTest(JudgeTest):
    def balancer_body(self, name, **fields):
        return {"name": name, "region": REGION, "forwarding_rules": [
            {"entry_protocol": "tcp", "entry_port": 80, "target_protocol": "tcp",
             "target_port": 30080}], **fields}

    def retry_busy(self, call, *args, **kwargs):
        """Makes the call again while the load balancer is busy."""
        def done():
            try:
                call(*args, **kwargs)
                return True
            except HttpResponseError as error:
                self.assertIn(BUSY, error.response.text())
                return False
        self.eventually("load balancer no longer busy", done)

    def test_vpcs(self):
        body = {"name": "judged", "region": REGION, "ip_range": "10.30.0.0/20", "description": "a"}
        vpc = self.client.vpcs.create(body=body)["vpc"]["id"]
        self.refused("unprocessable_entity", "overlaps with another VPC network", self.client.vpcs.create,
                     body={**body, "name": "other"})
        changed = self.client.vpcs.patch(vpc, body={"name": "renamed"})["vpc"]
        self.assertEqual((changed["name"], changed["description"]), ("renamed", "a"))
        changed = self.client.vpcs.update(vpc, body={"name": "again", "description": "b"})["vpc"]
        self.assertEqual(self.client.vpcs.get(vpc)["vpc"], changed)
        balancer = self.client.load_balancers.create(
            body=self.balancer_body("member", vpc_uuid=vpc))["load_balancer"]["id"]
        members = self.client.vpcs.list_members(vpc)["members"]
        self.assertEqual([each["urn"] for each in members], ["do:loadbalancer:" + balancer])
        self.client.load_balancers.delete(balancer)
        self.refused("conflict", "Can not delete VPC with members", self.client.vpcs.delete, vpc)

        def deleted():
            try:
                self.client.vpcs.delete(vpc)
                return True
            except HttpResponseError as error:
                self.assertEqual(error.status_code, 409)
                return False
        self.eventually("VPC deleted", deleted)
        default = [each for each in self.client.vpcs.list()["vpcs"] if each["region"] == REGION][0]
        self.refused("forbidden", "default", self.client.vpcs.delete, default["id"])

    def test_paging(self):
        made = [self.client.vpcs.create(body={"name": f"page-{i}", "region": "ams3"})["vpc"]["id"]
                for i in range(25)]
        seen = set()
        page = 1
        while page:
            answer = self.client.vpcs.list(page=page)
            seen.update(each["id"] for each in answer["vpcs"])
            following = answer["links"].get("pages", {}).get("next")
            page = int(parse_qs(urlparse(following).query)["page"][0]) if following else None
        self.assertLessEqual(set(made), seen)
        self.assertEqual(len(seen), answer["meta"]["total"])
        for each in made:
            self.client.vpcs.delete(each)

    def test_load_balancers(self):
        balancers = self.client.load_balancers
        bad = self.balancer_body("bad")
        bad["forwarding_rules"][0]["entry_port"] = 50054
        self.refused("unprocessable_entity", "entry port is invalid", balancers.create, body=bad)
        made = balancers.create(
            body=self.balancer_body("judged", redirect_http_to_https=True))["load_balancer"]
        self.assertEqual((made["status"], made["ip"]), ("new", ""))
        balancer = made["id"]
        self.refused("forbidden", BUSY, balancers.update, balancer, body=self.balancer_body("early"))
        active = self.eventually("active", lambda: next(
            (each for each in balancers.list()["load_balancers"] if each["status"] == "active"), None))
        self.assertTrue(active["ip"])
        replaced = balancers.update(balancer, body=self.balancer_body("renamed"))["load_balancer"]
        self.assertFalse(replaced["redirect_http_to_https"], "omitted, so back to its default")
        droplet = self.make_droplet("behind")["id"]
        self.retry_busy(balancers.add_droplets, balancer, body={"droplet_ids": [droplet]})
        self.assertEqual(balancers.get(balancer)["load_balancer"]["droplet_ids"], [droplet])
        self.retry_busy(balancers.remove_droplets, balancer, body={"droplet_ids": [droplet]})
        rules = {"forwarding_rules": [{"entry_protocol": "tcp", "entry_port": 443,
                                       "target_protocol": "tcp", "target_port": 30443}]}
        self.retry_busy(balancers.add_forwarding_rules, balancer, body=rules)
        self.assertEqual(len(balancers.get(balancer)["load_balancer"]["forwarding_rules"]), 2)
        self.retry_busy(balancers.remove_forwarding_rules, balancer, body=rules)
        balancers.delete(balancer)
        self.refused("not_found", "", balancers.get, balancer)
        self.client.droplets.destroy(droplet)

    def test_global_load_balancers_have_a_cache(self):
        body = {"name": "global", "type": "GLOBAL", "glb_settings": {
            "target_protocol": "http", "target_port": 80, "cdn": {"is_enabled": True}}}
        made = self.client.load_balancers.create(body=body)["load_balancer"]
        self.assertIsNone(made["region"])
        self.assertEqual(made["glb_settings"], body["glb_settings"])
        balancer = made["id"]
        self.client.load_balancers.delete_cache(balancer)
        self.client.load_balancers.delete(balancer)
