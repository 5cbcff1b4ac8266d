"""Every action of IAM and STS that is served, by boto3; prints the names of those that were answered."""

import base64
import hashlib
import hmac
import json
import struct
import sys
import time

import boto3
from botocore.config import Config

endpoint, access_key_id, secret_access_key, issuer, token, step = sys.argv[1:]
answered = []


def client(service, key, secret):
    made = boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="local-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )
    # Of refused ones there is an exception, which ends this.
    made.meta.events.register("after-call.*.*", lambda model, **_: answered.append(model.name))
    return made


def document(action, effect="Allow"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]})


def trust(principal, action="sts:AssumeRole"):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def totp(seed, at):
    """RFC 6238: SHA-1, six digits."""
    digest = hmac.new(seed, struct.pack(">Q", at), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def next_second():
    """boto3 signs whole seconds and nothing of its own: the same change again within one is a repeat."""
    begun = int(time.time())
    while int(time.time()) <= begun:
        time.sleep(0.02)


iam = client("iam", access_key_id, secret_access_key)

# Users, their tags and access keys.
user = iam.create_user(UserName="una")["User"]
iam.tag_user(UserName="una", Tags=[{"Key": "team", "Value": "a"}, {"Key": "desk", "Value": "1"}])
iam.untag_user(UserName="una", TagKeys=["desk"])
assert iam.list_user_tags(UserName="una")["Tags"] == [{"Key": "team", "Value": "a"}]
assert iam.get_user(UserName="una")["User"]["Arn"] == user["Arn"]
assert [one["UserName"] for one in iam.list_users()["Users"]] == ["una"]
key = iam.create_access_key(UserName="una")["AccessKey"]
next_second()
spare = {"UserName": "una", "AccessKeyId": iam.create_access_key(UserName="una")["AccessKey"]["AccessKeyId"]}
iam.update_access_key(Status="Inactive", **spare)
statuses = {one["AccessKeyId"]: one["Status"] for one in iam.list_access_keys(UserName="una")["AccessKeyMetadata"]}
assert statuses == {key["AccessKeyId"]: "Active", spare["AccessKeyId"]: "Inactive"}
assert iam.get_access_key_last_used(AccessKeyId=spare["AccessKeyId"])["UserName"] == "una"
iam.delete_access_key(**spare)

# Groups.
iam.create_group(GroupName="gang")
iam.add_user_to_group(GroupName="gang", UserName="una")
assert [one["UserName"] for one in iam.get_group(GroupName="gang")["Users"]] == ["una"]
assert [one["GroupName"] for one in iam.list_groups()["Groups"]] == ["gang"]
assert [one["GroupName"] for one in iam.list_groups_for_user(UserName="una")["Groups"]] == ["gang"]

# Roles.
role = iam.create_role(RoleName="reed", AssumeRolePolicyDocument=trust({"AWS": user["Arn"]}))["Role"]
iam.update_role(RoleName="reed", Description="d", MaxSessionDuration=7200)
iam.update_assume_role_policy(RoleName="reed", PolicyDocument=trust({"AWS": [user["Arn"]]}))
assert iam.get_role(RoleName="reed")["Role"]["MaxSessionDuration"] == 7200
iam.tag_role(RoleName="reed", Tags=[{"Key": "team", "Value": "a"}, {"Key": "desk", "Value": "1"}])
iam.untag_role(RoleName="reed", TagKeys=["desk"])
assert iam.list_role_tags(RoleName="reed")["Tags"] == [{"Key": "team", "Value": "a"}]
assert [one["RoleName"] for one in iam.list_roles()["Roles"]] == ["reed"]

# Managed policies and their versions.
arn = iam.create_policy(PolicyName="page", PolicyDocument=document("kms:ListKeys"))["Policy"]["Arn"]
iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("kms:DescribeKey"), SetAsDefault=True)
iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
assert iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["IsDefaultVersion"] is False
assert [one["VersionId"] for one in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v2", "v1"]
iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
assert [one["Arn"] for one in iam.list_policies(Scope="Local")["Policies"]] == [arn]

# Policies of a user, a group and a role: managed ones, and inline ones.
for kind, name in (("user", "una"), ("group", "gang"), ("role", "reed")):
    bearer = {f"{kind.capitalize()}Name": name}

    def of(verb, noun="policy", **more):
        return getattr(iam, f"{verb}_{kind}_{noun}")(**bearer, **more)

    of("attach", PolicyArn=arn)
    attached = getattr(iam, f"list_attached_{kind}_policies")(**bearer)["AttachedPolicies"]
    assert attached == [{"PolicyName": "page", "PolicyArn": arn}], attached
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [one[f"{kind.capitalize()}Name"] for one in entities[f"Policy{kind.capitalize()}s"]] == [name]
    of("detach", PolicyArn=arn)
    of("put", PolicyName="own", PolicyDocument=document("sts:*"))
    assert of("list", "policies")["PolicyNames"] == ["own"]
    assert of("get", PolicyName="own")["PolicyDocument"] == json.loads(document("sts:*"))
    if kind != "user":
        of("delete", PolicyName="own")

# Simulations.
asked = {"ActionNames": ["sts:AssumeRole"]}
results = iam.simulate_principal_policy(PolicySourceArn=user["Arn"], **asked)["EvaluationResults"]
assert [one["EvalDecision"] for one in results] == ["allowed"]
results = iam.simulate_custom_policy(PolicyInputList=[document("sts:*", "Deny")], **asked)["EvaluationResults"]
assert [one["EvalDecision"] for one in results] == ["explicitDeny"]

# A second factor.
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="una")["VirtualMFADevice"]
seed = base64.b32decode(device["Base32StringSeed"])
second = {"UserName": "una", "SerialNumber": device["SerialNumber"]}
codes = {f"AuthenticationCode{1 + later}": totp(seed, int(step) + later) for later in (0, 1)}
iam.enable_mfa_device(**second, **codes)
assert [one["UserName"] for one in iam.list_mfa_devices(UserName="una")["MFADevices"]] == ["una"]
assert len(iam.list_virtual_mfa_devices()["VirtualMFADevices"]) == 1

# Sessions.
sts = client("sts", key["AccessKeyId"], key["SecretAccessKey"])
assert sts.get_caller_identity()["Arn"] == user["Arn"]
assert sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == "000000000001"
assumed = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="by-boto3")["AssumedRoleUser"]["Arn"]
assert assumed == "arn:aws:sts::000000000001:assumed-role/reed/by-boto3"
assert sts.get_session_token()["Credentials"]["SessionToken"]
assert sts.get_federation_token(Name="guest", Policy=document("kms:ListKeys"))["Credentials"]["SessionToken"]

# Web identities.
offered = {"Url": issuer, "ClientIDList": ["hufu"], "ThumbprintList": ["0" * 40]}
provider = iam.create_open_id_connect_provider(**offered)["OpenIDConnectProviderArn"]
assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)["ClientIDList"] == ["hufu"]
assert [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]] == [provider]
federated = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
iam.create_role(RoleName="robot", AssumeRolePolicyDocument=federated)
web = {"RoleArn": role["Arn"].replace("reed", "robot"), "RoleSessionName": "build", "WebIdentityToken": token}
assert sts.assume_role_with_web_identity(**web)["SubjectFromWebIdentityToken"] == "ci:main"

# All of it goes.
iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
iam.deactivate_mfa_device(**second)
iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])
iam.remove_user_from_group(GroupName="gang", UserName="una")
iam.delete_user_policy(UserName="una", PolicyName="own")
iam.delete_access_key(UserName="una", AccessKeyId=key["AccessKeyId"])
iam.delete_user(UserName="una")
iam.delete_group(GroupName="gang")
iam.delete_role(RoleName="reed")
iam.delete_role(RoleName="robot")
iam.delete_policy(PolicyArn=arn)
assert iam.list_users()["Users"] == [] and iam.list_roles()["Roles"] == []
print(json.dumps(sorted(set(answered))))
