/** How a person turns the table's deletion protection on. */
export function protectionCommand({ tableName, region }: { tableName: string; region: string }): string {
  return `aws dynamodb update-table --region ${region} --table-name ${tableName} --deletion-protection-enabled`;
}
