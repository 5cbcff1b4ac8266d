"""Calls of the KMS by boto3: a JSON line {action, request} in, {answer}, or {error}, out. First, what this boto3 knows."""

import base64
import json
import os
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

kms = boto3.client(
    "kms",
    endpoint_url=os.environ["AWS_ENDPOINT_URL_OF_TEST"],
    config=Config(retries={"total_max_attempts": 1}),
)


def text(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def given(value):
    return base64.b64decode(value["$bytes"]) if isinstance(value, dict) and "$bytes" in value else value


def call(action, request):
    try:
        method = getattr(kms, xform_name(action))
        answer = method(**{name: given(value) for name, value in request.items()})
        return {"answer": {name: value for name, value in answer.items() if name != "ResponseMetadata"}}
    except ClientError as error:
        return {"error": error.response["Error"]["Code"]}
    except (AttributeError, ParamValidationError):
        return {"error": "refused by the client"}


def known(operation):
    found = kms.meta.service_model.operation_model(operation)
    members = list(found.input_shape.members) if found.input_shape is not None else []
    return {"members": members, "errors": [shape.name for shape in found.error_shapes]}


print(json.dumps({name: known(name) for name in kms.meta.service_model.operation_names}), flush=True)
for line in sys.stdin:
    print(json.dumps(call(**json.loads(line)), default=text), flush=True)
