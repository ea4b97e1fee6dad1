# What is there already, by its name or its id:
tofu import kproto_vpc.east east
tofu import kproto_vpc_peering.this east-west
