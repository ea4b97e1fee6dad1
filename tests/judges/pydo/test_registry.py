# SPDX-License-Identifier: MPL-2.0
from judge import JudgeTest


class RegistryTest(JudgeTest):
    def test_registries(self):
        api = self.client.registries
        made = api.create(body={"name": "mine", "region": "fra1",
                                "subscription_tier_slug": "professional"})["registry"]
        self.assertEqual((made["name"], made["region"]), ("mine", "fra1"))
        self.refused("conflict", "name already exists", api.create, body={"name": "mine"})
        self.refused("unprocessable_entity", "invalid registry name", api.create,
                     body={"name": "Not Good"})
        self.assertEqual(api.get("mine")["registry"], made)
        self.assertEqual([each["name"] for each in api.list()["registries"]], ["mine"])
        self.assertIn("registry.digitalocean.com", api.get_docker_credentials("mine")["auths"])
        self.assertEqual(api.get_subscription()["subscription"]["tier"]["slug"], "professional")
        api.update_subscription(body={"tier_slug": "basic"})
        self.refused("precondition_failed", "OverRegistryLimit", api.create, body={"name": "more"})
        self.assertEqual(len(api.get_options()["options"]["subscription_tiers"]), 3)
        api.validate_name(body={"name": "free"})
        self.refused("conflict", "name already exists", api.validate_name, body={"name": "mine"})
        api.delete("mine")
        self.refused("not_found", "registry not found", api.get, "mine")

    def test_the_older_registry_knows_only_one(self):
        api = self.client.registry
        api.create(body={"name": "only", "subscription_tier_slug": "basic"})
        self.refused("unprocessable_entity", "user already has a registry", api.create,
                     body={"name": "other", "subscription_tier_slug": "basic"})
        self.assertEqual(api.get()["registry"]["name"], "only")
        api.get_docker_credentials()
        api.get_options()
        api.get_subscription()
        api.update_subscription(body={"tier_slug": "starter"})
        api.validate_name(body={"name": "free"})
        api.delete()
