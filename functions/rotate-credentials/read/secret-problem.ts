/** Something that is wrong about a secret, in words. */
export interface SecretProblem {
  /** What it is about: the same while the same thing is wrong, so that it is told once. */
  topic: string;
  /**
   * Stable, for machines. `TAG_WRONG`: a tag says something that cannot be done. `BINDING_REFUSED`: it may not feed an auth
   * config that it names. `NOT_ROTATED`: it is to be rotated, and cannot be. `NOT_REVOKED`: a credential of it that is no
   * longer needed is valid still. `ITEM_UNREADABLE`: what the table keeps of it cannot be read.
   */
  kind: "TAG_WRONG" | "BINDING_REFUSED" | "NOT_ROTATED" | "NOT_REVOKED" | "ITEM_UNREADABLE";
  message: string;
  hint: string;
  /** Which one of its topic it is, where it is told anew: with another it is another problem. */
  about?: string;
  /** The one that is refused, where it is known which is meant. */
  authConfig?: { accountId: string; authConfigId: string };
}
