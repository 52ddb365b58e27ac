import net from "node:net";

/**
 * No test may reach out: a connection to anything but loopback fails with the address in the message,
 * so that a forgotten default (a real AWS or RingCX host) is found by the first test that meets it.
 */
const connect = net.Socket.prototype.connect;

function hostOf(args: unknown[]): string | undefined {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) {
    const { path, host } = first as { path?: string | null; host?: string };
    return path ? undefined : (host ?? "localhost");
  }
  return typeof first === "number" ? (typeof args[1] === "string" ? args[1] : "localhost") : undefined;
}

// It runs before each test file, and one process runs many.
const isInstalled = connect.name === "connectToLoopback";

function connectToLoopback(this: net.Socket, ...args: unknown[]) {
  const host = hostOf(args);
  if (host !== undefined && !/^(localhost|127(\.\d+){3}|::1|\[::1\])$/.test(host)) {
    throw new Error(`Tests talk to loopback only, refused a connection to ${host}`);
  }
  return Reflect.apply(connect, this, args);
}

if (!isInstalled) net.Socket.prototype.connect = connectToLoopback as typeof connect;
