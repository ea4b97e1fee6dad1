// SPDX-License-Identifier: MPL-2.0

package judge

import (
	"testing"

	"github.com/digitalocean/godo"
)

func makeRegistry(t *testing.T, name, tier string) {
	t.Helper()
	made, _, err := client.Registries.Create(ctx,
		&godo.RegistryCreateRequest{Name: name, SubscriptionTierSlug: tier, Region: "ams3"})
	check(t, err)
	expect(t, "name", made.Name, name)
	expect(t, "region", made.Region, "ams3")
}

// integrateRegistry lets a cluster pull from the account's only registry, and no longer.
func integrateRegistry(t *testing.T, cluster string) {
	t.Helper()
	request := &godo.KubernetesClusterRegistryRequest{ClusterUUIDs: []string{cluster}}
	_, err := client.Kubernetes.AddRegistry(ctx, request)
	refused(t, err, 404, "registry not found")
	makeRegistry(t, "integrated", "basic")
	defer client.Registries.Delete(ctx, "integrated")
	_, err = client.Kubernetes.AddRegistry(ctx, request)
	check(t, err)
	found, _, err := client.Kubernetes.Get(ctx, cluster)
	check(t, err)
	expect(t, "registry enabled", found.RegistryEnabled, true)
	_, err = client.Kubernetes.RemoveRegistry(ctx, request)
	check(t, err)
}

func TestRegistries(t *testing.T) {
	makeRegistry(t, "first", "basic")
	_, _, err := client.Registries.Create(ctx, &godo.RegistryCreateRequest{Name: "second"})
	refused(t, err, 412, "registry is not eligible for tier because: [OverRegistryLimit]")
	_, _, err = client.Registries.Create(ctx, &godo.RegistryCreateRequest{Name: "first"})
	refused(t, err, 409, "name already exists")
	makeRegistry(t, "second", "professional")
	subscription, _, err := client.Registries.GetSubscription(ctx)
	check(t, err)
	expect(t, "tier of the whole account", subscription.Tier.Slug, "professional")
	_, _, err = client.Registries.UpdateSubscription(ctx,
		&godo.RegistrySubscriptionUpdateRequest{TierSlug: "basic"})
	refused(t, err, 412, "OverRegistryLimit")

	all, _, err := client.Registries.List(ctx)
	check(t, err)
	expect(t, "registries", len(all), 2)
	_, _, err = client.Registry.Get(ctx)
	refused(t, err, 412, "multiple registries")
	_, err = client.Kubernetes.AddRegistry(ctx,
		&godo.KubernetesClusterRegistryRequest{ClusterUUIDs: []string{"any"}})
	refused(t, err, 412, "multiple registries")
	one, _, err := client.Registries.Get(ctx, "second")
	check(t, err)
	expect(t, "one", one.Name, "second")
	credentials, _, err := client.Registries.DockerCredentials(ctx, "second",
		&godo.RegistryDockerCredentialsRequest{})
	check(t, err)
	if len(credentials.DockerConfigJSON) == 0 {
		t.Error("no credentials")
	}
	options, _, err := client.Registries.GetOptions(ctx)
	check(t, err)
	expect(t, "tiers", len(options.SubscriptionTiers), 3)
	expect(t, "not eligible", options.SubscriptionTiers[0].Eligible, false)
	_, err = client.Registries.ValidateName(ctx, &godo.RegistryValidateNameRequest{Name: "free"})
	check(t, err)
	_, err = client.Registries.ValidateName(ctx, &godo.RegistryValidateNameRequest{Name: "taken"})
	refused(t, err, 409, "name already exists")

	for _, name := range []string{"first", "second"} {
		_, err = client.Registries.Delete(ctx, name)
		check(t, err)
	}
	_, err = client.Registries.Delete(ctx, "first")
	refused(t, err, 404, "registry not found")
	_, _, err = client.Registries.UpdateSubscription(ctx,
		&godo.RegistrySubscriptionUpdateRequest{TierSlug: "basic"})
	check(t, err)
}

func TestTheOlderRegistryKnowsOnlyOne(t *testing.T) {
	_, _, err := client.Registry.Create(ctx,
		&godo.RegistryCreateRequest{Name: "only", SubscriptionTierSlug: "starter"})
	check(t, err)
	_, _, err = client.Registry.Create(ctx, &godo.RegistryCreateRequest{Name: "other"})
	refused(t, err, 422, "user already has a registry")
	only, _, err := client.Registry.Get(ctx)
	check(t, err)
	expect(t, "only", only.Name, "only")
	_, _, err = client.Registry.DockerCredentials(ctx, &godo.RegistryDockerCredentialsRequest{})
	check(t, err)
	_, _, err = client.Registry.GetOptions(ctx)
	check(t, err)
	_, _, err = client.Registry.GetSubscription(ctx)
	check(t, err)
	_, _, err = client.Registry.UpdateSubscription(ctx,
		&godo.RegistrySubscriptionUpdateRequest{TierSlug: "basic"})
	check(t, err)
	_, err = client.Registry.ValidateName(ctx, &godo.RegistryValidateNameRequest{Name: "free"})
	check(t, err)
	_, err = client.Registry.Delete(ctx)
	check(t, err)
}
