/** Words as a sentence: whoever ends one asks here. CloudWatch's reasons and questions have their end, ours have none. */
export function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
