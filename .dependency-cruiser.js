/**
 * The picture of the architecture, held against the imports by `npm run check`.
 *
 * A room is a folder, or a file that stands beside the folders. A room imports only rooms that stand below it; rooms on
 * one line do not import each other. Imports of types count. There is no circle of files, within a room neither.
 */
export const pictures = {
  shared: `
    runtime
    proof
    activation
    outcomes  probe  queues
    secrets
    records
    contract
    ringcx
    state
    primitives
  `,
  "shared/ringcx": `
    client
    session
    quota  transport
    resources
  `,
  "functions/provision-services": `
    intake-handler  worker-handler
    dependencies
    intake
    reconcile
    apply
    write
    report
    edges
    authorize  plan
    desired
    read
    settings
  `,
  "functions/rotate-credentials": `
    sync-handler  rotation-handler
    dependencies
    sync
    steps
    audit  follow
    issuer  write  report
    read
    record
    settings
  `,
  "functions/fail-over-services": `
    handler
    dependencies
    triggers
    reconcile  verify
    apply
    report
    outage
    evidence
    watchlist
    settings
  `,
  cli: `
    bin
    main
    run
    application
    commands
    smoke
    deliver
    command
    files  export
    read-status
    view
    read  conformance
    tell-error
    environment
    context
    read-file
    decode-text
    exit-codes
  `,
  console: `
    start
    server
    page
    snapshot
    timeline  actions
  `,
  infra: `
    local
    app  deploy  synth
    deployment
    environment-stacks
    concurrency-limit  locked-out-secrets  unheard-alarms  ringcx-automation-stack  alarm-forwarding-stack
    ringcx-automation
    constructs
    environments  unknown-regions  shared-accounts
    environment-schema
    environment-checks
    size-checks  time-checks
    written-settings
    environment-fields  package-command  checked-input
    field-remedy  input-words
    aws-limits  generated-name  edition  token  bundle-function
  `,
  "infra/constructs": `
    imported-automation
    automation-base
    operations  producer-access
    service-provisioning  credential-rotation  outage-failover  rotated-auth-secret  service-health  alarm-forwarding
    ringcx-access  credential-secrets  agreement  props  risky-settings
    account-parameters
    building-blocks
  `,
  "infra/local": `
    demo  trace
    host  ringcx-simulator
    stack-host
    assembly-host
    faults  template
    resources
    events  secrets-manager  parameters
    local-host
    iam
    functions
    gateway
    loopback-server  pending-faults  owned-processes
  `,
  "infra/local/ringcx-simulator": `
    main
    options
    server
    http-shell
    assembly
    simulator-options
    seed  control  ringcx
    voice
    access  router
    behaviour
    answer  fields
    records  json-body
    refusal
    assumptions
  `,
};

/** What one area may import of the others: what is not named is refused. */
const borders = [
  { of: "shared", may: [] },
  { of: "functions", may: ["shared"] },
  // infra deploys a function by its entry, and reads nothing of it but the schema of its settings. Its
  // command ends with the exit codes of the other commands.
  {
    of: "infra",
    except: "infra/local",
    may: [
      "functions/[^/]+/settings",
      "shared/contract",
      "shared/primitives",
      "shared/secrets",
      "shared/ringcx/session/connection",
      "shared/ringcx/resources/auth-config",
      "cli/exit-codes",
    ],
  },
  // The demonstration looks into the table.
  {
    of: "infra/local",
    may: [
      "infra",
      "console/(start|actions|timeline)",
      "cli/(environment|context|run|exit-codes|tell-error|read-file|files/outgoing|conformance/connection-file|read/outcomes|view/(outcome|words|paint))",
      "shared/contract",
      "shared/primitives",
      "shared/activation/reasons",
      "shared/queues/wake-queue",
      "shared/records",
      "shared/state",
      "shared/ringcx/session/(connection|connection-secret)",
    ],
  },
  // The command line reads what functions write, and knows nothing of how they do it.
  {
    of: "cli",
    may: [
      "shared",
      "infra/environments",
      "infra/edition",
      "infra/local/demo/local-system",
      "infra/local/require-node-24",
      "infra/local/ringcx-simulator/assumptions",
    ],
  },
  // The local system's page: the command line's view of it, and the buttons of the demonstration.
  {
    of: "console",
    may: [
      "shared",
      "cli/(environment|read|read-status|view)",
      "infra/local/(functions|ringcx-simulator|demo/demo-environment|loopback-server)",
    ],
  },
  // What others install.
  { of: "package", may: ["shared", "infra", "cli", "functions/rotate-credentials/issuer/issuer-contract"] },
  { of: "examples", may: ["package", "infra/constructs", "functions/rotate-credentials/issuer/issuer-contract"] },
];

const areas = "^((shared|functions|infra|cli|console|package|examples|test)/|package\\.json$)";

/** @returns {string} matches the files of the given rooms of an area: a folder, or a file of that name */
const filesOf = (area, rooms) => `^${area}/(${rooms.join("|")})(/|\\.[jt]s$)`;

const upward = Object.entries(pictures).flatMap(([area, picture]) => {
  const lines = picture
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const rooms = lines.flat();
  const notBelow = (room) => {
    const line = lines.findIndex((names) => names.includes(room));
    return lines
      .slice(0, line + 1)
      .flat()
      .filter((name) => name !== room);
  };
  return [
    ...rooms
      .filter((room) => notBelow(room).length > 0)
      .map((room) => ({
        name: `${area}: ${room} imports only what stands below it`,
        severity: "error",
        from: { path: filesOf(area, [room]) },
        to: { path: filesOf(area, notBelow(room)) },
      })),
    {
      name: `${area}: a room that the picture does not show`,
      severity: "error",
      from: { path: `^${area}/`, pathNot: filesOf(area, rooms) },
      to: {},
    },
  ];
});

export default {
  forbidden: [
    { name: "no circle", severity: "error", from: {}, to: { circular: true } },
    ...upward,
    ...borders.map(({ of, may, except }) => ({
      name: `${of} imports only ${[of, ...may].join(", ")}`,
      severity: "error",
      from: { path: `^${of}/`, ...(except && { pathNot: `^${except}/` }) },
      to: { path: areas, pathNot: [of, ...may].map((path) => `^${path}(/|\\.[jt]s$)`) },
    })),
    {
      name: "functions do not import each other",
      severity: "error",
      from: { path: "^functions/([^/]+)/" },
      to: { path: "^functions/", pathNot: "^functions/$1/" },
    },
  ],
  options: {
    // TypeScript 7 has no interface for other programs, so its files are read by swc: types are imports, too.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
