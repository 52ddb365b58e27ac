// Every command against the whole stack on this machine, under its own roles: one system, in this order.
import "./hosted/services.ts";
import "./hosted/accounts.ts";
import "./hosted/secrets.ts";
import "./hosted/following.ts";
import "./hosted/same-id.ts";
