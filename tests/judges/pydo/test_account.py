# SPDX-License-Identifier: MPL-2.0
from judge import JudgeTest, simulator


class AccountTest(JudgeTest):
    def test_account(self):
        self.assertEqual(self.client.account.get()["account"]["status"], "active")
        self.refused("unauthorized", "Unable to authenticate you", simulator.client("wrong").account.get)

    def test_regions_and_sizes(self):
        regions = {each["slug"]: each["sizes"] for each in self.client.regions.list()["regions"]}
        self.assertIn("s-4vcpu-8gb", regions["nyc3"])
        sizes = {each["slug"]: each for each in self.client.sizes.list(per_page=200)["sizes"]}
        self.assertEqual(sizes["s-4vcpu-8gb"]["price_monthly"], 48)
        self.assertIn("nyc3", sizes["c-4"]["regions"])

    def test_droplets(self):
        droplet = self.make_droplet("plain")
        got = self.client.droplets.get(droplet["id"])["droplet"]
        self.assertEqual(got["name"], "plain")
        self.assertEqual(got["region"]["slug"], "nyc3")
        self.assertEqual(self.client.droplets.list(name="plain")["meta"]["total"], 1)
        page = self.client.droplets.list(per_page=1)
        self.assertGreaterEqual(page["meta"]["total"], 1)
        self.assertEqual(len(page["droplets"]), 1)
        self.client.droplets.destroy(droplet["id"])
        self.refused("not_found", "", self.client.droplets.get, droplet["id"])

    def test_tags(self):
        volume = self.make_volume("tagged")
        self.client.tags.create(body={"name": "Judge"})
        resources = {"resources": [{"resource_id": volume["id"], "resource_type": "volume"}]}
        self.client.tags.assign_resources("Judge", body=resources)
        tag = self.client.tags.get("judge")["tag"]
        self.assertEqual(tag["name"], "Judge")
        self.assertEqual(tag["resources"]["volumes"]["count"], 1)
        self.client.tags.unassign_resources("Judge", body=resources)
        self.assertIn("Judge", [each["name"] for each in self.client.tags.list()["tags"]])
        self.client.tags.delete("Judge")
        self.refused("not_found", "", self.client.tags.get, "Judge")
        self.client.volumes.delete(volume["id"])

    def test_projects(self):
        volume = self.make_volume("projected")
        urn = "do:volume:" + volume["id"]
        made = self.client.projects.create(body={"name": "judged", "purpose": "Web Application"})
        project = made["project"]["id"]
        results = self.client.projects.assign_resources(
            project, body={"resources": [urn, "do:volume:none"]})["resources"]
        self.assertEqual([each["status"] for each in results], ["assigned", "not_found"])
        held = self.client.projects.list_resources(project)["resources"]
        self.assertEqual([each["urn"] for each in held], [urn])
        self.refused("precondition_failed", "cannot delete a project with resources",
                     self.client.projects.delete, project)
        self.client.projects.assign_resources_default(body={"resources": [urn]})
        changed = self.client.projects.patch(project, body={"description": "changed"})["project"]
        self.assertEqual((changed["name"], changed["description"]), ("judged", "changed"))
        whole = {"name": "renamed", "description": "", "purpose": "Other", "is_default": False,
                 "environment": "Staging"}
        renamed = self.client.projects.update(project, body=whole)["project"]
        self.assertEqual((renamed["name"], renamed["environment"]), ("renamed", "Staging"))
        self.assertEqual(self.client.projects.get(project)["project"], renamed)
        self.client.projects.delete(project)
        self.assertEqual(len(self.client.projects.list()["projects"]), 1)
        self.assertTrue(self.client.projects.get_default()["project"]["is_default"])
        self.client.volumes.delete(volume["id"])
