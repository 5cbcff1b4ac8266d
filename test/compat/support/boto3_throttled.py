"""Asks more often than it may, in several threads; prints how many answers it has and whether any was retried."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

endpoint, access_key_id, secret_access_key, mode = sys.argv[1:]
THREADS = 6


def client(service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="local-1",
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        config=Config(retries={"mode": mode, "total_max_attempts": 12}),
    )


kms, iam = client("kms"), client("iam")
calls = [kms.list_keys, iam.list_users] * (THREADS // 2)
with ThreadPoolExecutor(THREADS) as pool:
    answers = list(pool.map(lambda call: call(), calls))
retries = sum(answer["ResponseMetadata"]["RetryAttempts"] for answer in answers)
print(json.dumps({"answers": len(answers), "retried": retries > 0}))
