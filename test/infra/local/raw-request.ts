import { connect } from "node:net";

/**
 * Sends a request line as it is: `fetch` would tidy the target.
 *
 * @returns the answer's status, NaN where the connection ended without one
 */
export function rawStatus(url: string, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(Number(answer.split(" ")[1])));
    socket.on("error", reject);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: loopback\r\nConnection: close\r\n\r\n`);
  });
}
