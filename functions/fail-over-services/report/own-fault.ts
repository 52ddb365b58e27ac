/** Something that keeps failover from seeing, or from doing what is due: it is reported when it begins and when it has ended. */
export interface OwnFault {
  /** The same as long as it is the same fault. */
  key: string;
  /** In words that hold nothing secret. */
  because: string;
  /** What is concerned, in words. */
  subject: string;
  /** What is the matter with it. @default "cannot be seen" */
  trouble?: string;
  /** What that means. */
  meaning: string;
  /** @default FAILED */
  status?: "FAILED" | "NO_CHANGE";
}

/** Longest key of a fault, in bytes: so many of them fit into an item, whatever RingCX's names are. */
export const longestFaultKey = 1_500;
