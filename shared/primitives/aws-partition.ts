/** A part of AWS with accounts, ARNs and a console of its own. */
export interface AwsPartition {
  /** Second field of its ARNs. */
  name: string;
  /** What its regions are called, those of tomorrow too. Source: AWS SDKs, `partitions.json`. */
  regions: RegExp;
  /** Domain of its console, which stands below the region. Where none is known there is none: no link beats a wrong one. */
  console?: string;
}

/**
 * The partitions of AWS. Source of the consoles: AWS General Reference, "AWS Management Console endpoints", of each partition.
 * The isolated ones publish none.
 */
export const awsPartitions: readonly AwsPartition[] = [
  { name: "aws", regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/, console: "console.aws.amazon.com" },
  { name: "aws-cn", regions: /^cn-[a-z]+-\d+$/, console: "console.amazonaws.cn" },
  { name: "aws-us-gov", regions: /^us-gov-[a-z]+-\d+$/, console: "console.amazonaws-us-gov.com" },
  { name: "aws-eusc", regions: /^eusc-[a-z]{2}-[a-z]+-\d+$/, console: "console.amazonaws-eusc.eu" },
  { name: "aws-iso", regions: /^us-iso-[a-z]+-\d+$/ },
  { name: "aws-iso-b", regions: /^us-isob-[a-z]+-\d+$/ },
  { name: "aws-iso-e", regions: /^eu-isoe-[a-z]+-\d+$/ },
  { name: "aws-iso-f", regions: /^us-isof-[a-z]+-\d+$/ },
];

/** The partition that a region belongs to; nothing where it is no region. */
export function partitionOfRegion(region: string): AwsPartition | undefined {
  return awsPartitions.find(({ regions }) => regions.test(region));
}
