"""The first actions by boto3; prints one JSON object of what it saw."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, access_key_id, secret_access_key = sys.argv[1:]
kms = boto3.client(
    "kms",
    endpoint_url=endpoint,
    region_name="local-1",
    aws_access_key_id=access_key_id,
    aws_secret_access_key=secret_access_key,
    config=Config(retries={"total_max_attempts": 1}),
)


def error_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


key = kms.create_key(Description="by boto3", Tags=[{"TagKey": "team", "TagValue": "虎"}])["KeyMetadata"]
key_id = key["KeyId"]
context = {"tenant": "7"}
sealed = kms.encrypt(KeyId=key_id, Plaintext=b"attack at dawn", EncryptionContext=context)
opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
data_key = kms.generate_data_key(KeyId=key_id, KeySpec="AES_256")
wrong_context = error_of(kms.decrypt, CiphertextBlob=sealed["CiphertextBlob"])
kms.disable_key(KeyId=key_id)
disabled = error_of(kms.generate_data_key, KeyId=key_id, NumberOfBytes=32)
kms.enable_key(KeyId=key_id)
pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
print(
    json.dumps(
        {
            "state": kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"],
            "plaintext": opened["Plaintext"].decode(),
            "dataKeySize": len(data_key["Plaintext"]),
            "sameDataKey": kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"],
            "wrongContext": wrong_context,
            "disabled": disabled,
            "listed": key_id in [row["KeyId"] for page in pages for row in page["Keys"]],
            "tags": kms.list_resource_tags(KeyId=key_id)["Tags"],
        }
    )
)
