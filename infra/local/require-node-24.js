// Plain JavaScript, and loaded before the entry (`node --import`): an older Node cannot even read the TypeScript
// that would tell its user so.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(
    `This needs Node.js 24 or newer, and this is ${process.versions.node}. Run it through npm after "npm ci", which installs its own Node, or use Node 24.\n`,
  );
  process.exit(1);
}
// What was compiled is kept in the temporary directory: it starts in half the time from the second time on.
process.getBuiltinModule("node:module").enableCompileCache();
