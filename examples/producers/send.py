# Sends one message: python examples/producers/send.py, with QUEUE_URL in the environment.
# pip install boto3 jsonschema
import hashlib
import json
import os
from datetime import datetime, timezone

import boto3
from jsonschema import Draft7Validator

event = {
    "specversion": "1.0",
    "type": "ringcx.apply.v1",
    "source": "/onboarding/crm",
    "id": "crm-group-python",
    "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
    "data": {
        "accountId": "123456",
        "resources": [{"kind": "httpServiceGroup", "groupName": "CRM from Python"}],
    },
}
with open("docs/contract/ringcx.apply.v1.schema.json") as schema:
    Draft7Validator(json.load(schema)).validate(event)  # raises with the field that is wrong
boto3.client("sqs").send_message(
    QueueUrl=os.environ["QUEUE_URL"],
    MessageBody=json.dumps(event),
    MessageGroupId=event["data"]["accountId"],
    MessageDeduplicationId=hashlib.sha256(f"{event['source']}/{event['id']}".encode()).hexdigest(),
)
