import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

/** What a server does with a connection once the request's first bytes are there. */
export type Behaviour = (socket: Socket) => void;

/** A TCP server on a free loopback port that behaves so, and knows which connections are still open. */
export async function hostileEndpoint(behave: Behaviour, on: "request" | "connection" = "request") {
  const open = new Set<Socket>();
  let drained = () => {};
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}); // the client goes away in the middle: that is the point
    socket.on("close", () => {
      open.delete(socket);
      if (open.size === 0) drained();
    });
    // Read on, whatever it says: a socket that nobody reads does not notice that the client is gone.
    socket.resume();
    if (on === "connection") behave(socket);
    else socket.once("data", () => behave(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** Resolves when the client has let go of every connection. */
    async released() {
      if (open.size > 0)
        await new Promise<void>((resolve) => {
          drained = resolve;
        });
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes the text once and leaves the connection open. */
export const say =
  (text: string): Behaviour =>
  (socket) =>
    void socket.write(text, "latin1");

/** Writes the text and ends the connection. */
export const sayAndEnd =
  (text: string): Behaviour =>
  (socket) =>
    void socket.end(text, "latin1");

/** Writes as fast as the client takes it, without end. */
export const flood =
  (first: string, again: string): Behaviour =>
  (socket) => {
    const block = again.repeat(Math.ceil(16_384 / again.length));
    const go = () => {
      // A turn of the event loop for each block: the client's timers run in this process too.
      if (!socket.destroyed && socket.write(block, "latin1")) setImmediate(go);
    };
    socket.on("drain", go);
    socket.write(first, "latin1");
    go();
  };

/** Writes a byte at a time, without end. */
export const drip =
  (first: string, byte = "x"): Behaviour =>
  (socket) => {
    socket.write(first, "latin1");
    const timer = setInterval(() => socket.write(byte, "latin1"), 5);
    socket.on("close", () => clearInterval(timer));
  };

/** An answer of 200 with a content coding. */
export const packed =
  (coding: string, bytes: Buffer): Behaviour =>
  (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    socket.write(bytes);
  };

const tenMegabytes = Buffer.alloc(10_000_000);
/** Ten megabytes of zeros: 10 kB or less when packed. */
export const bombs = {
  gzip: gzipSync(tenMegabytes),
  deflate: deflateSync(tenMegabytes),
  deflateRaw: deflateRawSync(tenMegabytes),
  br: brotliCompressSync(tenMegabytes),
};
