/** Used heap after a garbage collection, in megabytes: of the host's own thread, and of the table's, which is a worker. */
export interface Heap {
  host: number;
  table: number;
}

type Message = Readonly<Record<string, unknown>>;
interface Answer {
  id?: number;
  method?: string;
  params?: { sessionId: string; message?: string };
  result?: Message;
}

/** How a session of the inspector is asked. */
type Ask = (method: string, params?: Message) => Promise<Message>;

/**
 * Looks at the heap of a process and of its worker by the inspector's protocol: what is resident says what was
 * needed at the worst moment, not what is kept.
 */
export async function inspectHeap(address: string): Promise<{ used(): Promise<Heap>; close(): void }> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const waiting = new Map<string, (result: Message) => void>();
  const workers: string[] = [];
  let last = 0;
  const session =
    (sessionId: string): Ask =>
    (method, params = {}) =>
      new Promise((resolve) => {
        last += 1;
        waiting.set(`${sessionId} ${last}`, resolve);
        const message = JSON.stringify({ id: last, method, params });
        const toWorker = { id: 0, method: "NodeWorker.sendMessageToWorker", params: { sessionId, message } };
        socket.send(sessionId === "" ? message : JSON.stringify(toWorker));
      });
  const take = (sessionId: string, { id, method, params, result = {} }: Answer): void => {
    if (method === "NodeWorker.attachedToWorker" && params) workers.push(params.sessionId);
    if (method === "NodeWorker.receivedMessageFromWorker" && params?.message !== undefined)
      take(params.sessionId, JSON.parse(params.message) as Answer);
    waiting.get(`${sessionId} ${id}`)?.(result);
    waiting.delete(`${sessionId} ${id}`);
  };
  socket.onmessage = ({ data }) => take("", JSON.parse(String(data)) as Answer);
  const host = session("");
  await host("NodeWorker.enable", { waitForDebuggerOnStart: false });
  return {
    async used() {
      const table = workers[0] === undefined ? undefined : session(workers[0]);
      return { host: await usedMb(host), table: table ? await usedMb(table) : 0 };
    },
    close: () => socket.close(),
  };
}

async function usedMb(ask: Ask): Promise<number> {
  await ask("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await ask("Runtime.getHeapUsage");
  return (Number(usedSize) + Number(backingStorageSize)) / 2 ** 20;
}
