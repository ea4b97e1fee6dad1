# A cluster that is there already, by its name or its id:
tofu import kproto_cluster.this example
