# A registry that is there already, by its name:
tofu import kproto_container_registry.images example-images
