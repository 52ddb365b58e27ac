/**
 * Takes the place of `@aws-sdk/endpoint-cache` in the bundles, with the cache's 9 KB: DynamoDB's client asks for one, and uses it
 * only where endpoint discovery is on, which it is in none of ours.
 */
export class EndpointCache {
  has(): boolean {
    return false;
  }

  get(): undefined {}

  getEndpoint(): undefined {}

  set(): void {}

  delete(): void {}

  clear(): void {}
}
