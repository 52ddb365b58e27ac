#!/bin/sh
# Sends one message: sh examples/producers/send.sh, with QUEUE_URL in the environment.
source=/onboarding/crm id=crm-group-aws-cli account=123456
aws sqs send-message --queue-url "$QUEUE_URL" --message-group-id "$account" \
  --message-deduplication-id "$(printf '%s/%s' "$source" "$id" | sha256sum | cut -d' ' -f1)" \
  --message-body '{
    "specversion": "1.0", "type": "ringcx.apply.v1",
    "source": "'"$source"'", "id": "'"$id"'", "time": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'",
    "data": {
      "accountId": "'"$account"'",
      "resources": [{ "kind": "httpServiceGroup", "groupName": "CRM from the AWS command line" }]
    }
  }'
