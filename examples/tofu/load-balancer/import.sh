# A load balancer that is there already, by its id, or by its name if no other has it:
tofu import kproto_load_balancer.web web
