/** What a person can do about a version that has the label AWSPENDING and that no rotation of ours is making. */
export function pendingWaysOut(versionId: string): string {
  return `Make version ${versionId} AWSCURRENT if it is meant, or take the label AWSPENDING off it (UpdateSecretVersionStage), then rotate again.`;
}
