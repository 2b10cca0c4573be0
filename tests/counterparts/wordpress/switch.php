<?php
// throttle on|off, faults masked|plain: see wordpress.sh.
[$switch, $value] = $arguments;
if (!in_array("$switch $value", ['throttle on', 'throttle off', 'faults masked', 'faults plain'], true)) {
    fwrite(STDERR, "switch.php: no switch `$switch $value`\n");
    exit(2);
}
update_option("harness_$switch", $value);
