"""Calls of the KMS by the code of the aws command, as the lines of boto3_worker.py; bytes go by files."""

import base64
import contextlib
import io
import json
import os
import re
import sys
import tempfile

from awscli.clidriver import create_clidriver
from botocore import xform_name

driver = create_clidriver()
model = driver.session.get_service_model("kms")
folder = tempfile.mkdtemp(dir=sys.argv[1])
endpoint = os.environ["AWS_ENDPOINT_URL_OF_TEST"]


def known(operation):
    found = model.operation_model(operation)
    members = list(found.input_shape.members) if found.input_shape is not None else []
    return {"members": members, "errors": [shape.name for shape in found.error_shapes]}


def arguments(action, request):
    plain = {name: value for name, value in request.items() if not is_bytes(value)}
    args = ["kms", xform_name(action, "-"), "--endpoint-url", endpoint, "--output", "json", "--no-paginate"]
    for name, value in request.items():
        if is_bytes(value):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(base64.b64decode(value["$bytes"]))
            args += ["--" + xform_name(name, "-"), "fileb://" + path]
    return args + ["--cli-input-json", json.dumps(plain)]


def is_bytes(value):
    return isinstance(value, dict) and "$bytes" in value


def call(action, request):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main(arguments(action, request))
        except SystemExit as ended:
            status = ended.code
    if status == 0:
        return {"answer": json.loads(out.getvalue() or "{}")}
    found = re.search(r"An error occurred \((\w+)\)", err.getvalue())
    return {"error": found.group(1) if found else "refused by the client"}


print(json.dumps({name: known(name) for name in model.operation_names}), flush=True)
for line in sys.stdin:
    print(json.dumps(call(**json.loads(line))), flush=True)
