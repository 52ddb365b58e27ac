/** What a person can do about a version that has the label AWSPENDING and that no rotation of ours is making. */
export function pendingWaysOut(versionId: string): string {
  return `Take the label AWSPENDING off version ${versionId} (UpdateSecretVersionStage), then rotate again; only where it holds a value that is meant (a rotation that failed in createSecret leaves an empty one), make it AWSCURRENT instead.`;
}
