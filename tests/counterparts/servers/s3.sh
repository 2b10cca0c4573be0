#!/usr/bin/env bash
# moto, an S3 server that checks signatures (version 4), with the bucket `blog`, region us-east-1, in memory.
#
#   access_key, secret_key      of a user who may do everything in it
#
# The Python with moto is $COUNTERPARTS_PYTHON; run.sh makes one in .venv/ beside it.
set -euo pipefail
name=s3.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${COUNTERPARTS_PYTHON:-$here/../.venv/bin/python}

start() {
    [ -x "$python" ] && "$python" -c 'import moto' 2>/dev/null || stop_with "missing: moto. bash tests/counterparts/run.sh --install"
    # The four requests of the script below need no signature, all later ones do.
    INITIAL_NO_AUTH_ACTION_COUNT=4 background "$folder" server.log "$python" -m moto.server -H 127.0.0.1 -p "$port"
    until_true 30 "moto did not start: see $folder/server.log" answers "$port"
    "$python" - "http://127.0.0.1:$port" "$folder" <<'PYTHON'
import json, os, sys
import boto3
endpoint, folder = sys.argv[1:]
common = dict(endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
iam = boto3.client("iam", **common)
iam.create_user(UserName="blog")
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="blog", PolicyName="all", PolicyDocument=json.dumps(everything))
key = iam.create_access_key(UserName="blog")["AccessKey"]
boto3.client("s3", **common).create_bucket(Bucket="blog")
for name, value in {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}.items():
    with open(os.open(os.path.join(folder, name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(value + "\n")
PYTHON
    echo "http://127.0.0.1:$port/blog" >"$folder/address"
}
run_server_script "$@"
