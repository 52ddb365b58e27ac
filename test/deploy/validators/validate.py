"""Reads schemas and cases from standard input, and says of each case whether its event fits its schema."""

import json
import sys

from jsonschema import Draft7Validator

given = json.load(sys.stdin)
validators = {name: Draft7Validator(schema) for name, schema in given["schemas"].items()}
for name, schema in given["schemas"].items():
    Draft7Validator.check_schema(schema)
json.dump([validators[case["schema"]].is_valid(case["event"]) for case in given["cases"]], sys.stdout)
