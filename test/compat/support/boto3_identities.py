"""IAM and STS by boto3; prints one JSON object of what it saw."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, access_key_id, secret_access_key = sys.argv[1:]


def client(service, key=access_key_id, secret=secret_access_key, token=None):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="local-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def error_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def allow(action):
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    )


iam = client("iam")
user = iam.create_user(UserName="boto", Tags=[{"Key": "team", "Value": "虎"}])["User"]
again = error_of(iam.create_user, UserName="boto")
policy = iam.create_policy(PolicyName="lister", PolicyDocument=allow("kms:ListKeys"))["Policy"]
iam.attach_user_policy(UserName="boto", PolicyArn=policy["Arn"])
version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]
key = iam.create_access_key(UserName="boto")["AccessKey"]
own = client("kms", key["AccessKeyId"], key["SecretAccessKey"])
own.list_keys()
forbidden = error_of(own.create_key)
principal = {"AWS": user["Arn"]}
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="maker", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.put_role_policy(RoleName="maker", PolicyName="make", PolicyDocument=allow("kms:CreateKey"))
session = client("sts", key["AccessKeyId"], key["SecretAccessKey"]).assume_role(
    RoleArn=role["Arn"], RoleSessionName="boto-session"
)["Credentials"]
temporary = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
made = client("kms", *temporary).create_key()["KeyMetadata"]["KeyState"]
who = client("sts", *temporary).get_caller_identity()["Arn"]
simulated = iam.simulate_principal_policy(
    PolicySourceArn=user["Arn"], ActionNames=["kms:ListKeys", "kms:CreateKey"]
)["EvaluationResults"]
print(
    json.dumps(
        {
            "arn": user["Arn"],
            "tags": iam.get_user(UserName="boto")["User"]["Tags"],
            "again": again,
            "document": version["Document"],
            "forbidden": forbidden,
            "trust": role["AssumeRolePolicyDocument"] == trust,
            "made": made,
            "who": who,
            "missing": error_of(iam.get_role, RoleName="none"),
            "invalid": error_of(iam.create_policy, PolicyName="bad", PolicyDocument="{}"),
            "users": [one["UserName"] for page in iam.get_paginator("list_users").paginate() for one in page["Users"]],
            "simulated": [result["EvalDecision"] for result in simulated],
        }
    )
)
