# A backing directory as one JSON file and back: `pack DIRECTORY FILE`, `unpack FILE DIRECTORY`. Holes stay holes.
import base64, json, os, re, sys

def text(data): return base64.b64encode(data).decode()

def pieces(path):
    data = open(path, "rb").read()
    return len(data), [[m.start(), text(m.group())] for m in re.finditer(rb"(?s)(?:(?!\0{4096}).)+", data)]

def entry(root, path):
    full = os.path.join(root, path)
    mode = os.lstat(full).st_mode & 0o7777
    if os.path.islink(full): return {"path": path, "target": os.readlink(full)}
    if os.path.isdir(full): return {"path": path, "mode": mode}
    size, data = pieces(full)
    attributes = {name: text(os.getxattr(full, name)) for name in os.listxattr(full) if name.startswith("user.")}
    return {"path": path, "mode": mode, "size": size, "data": data, "attributes": attributes}

def pack(root, file):
    paths = sorted(os.path.relpath(os.path.join(at, name), root) for at, dirs, files in os.walk(root) for name in dirs + files)
    with open(file, "w") as out: json.dump([entry(root, path) for path in paths], out, indent=1); out.write("\n")

def unpack(file, root):
    for one in json.load(open(file)):
        full = os.path.join(root, one["path"])
        if "target" in one: os.symlink(one["target"], full)
        elif "data" not in one: os.mkdir(full)
        else:
            with open(full, "wb") as out:
                for at, data in one["data"]: out.seek(at); out.write(base64.b64decode(data))
                out.truncate(one["size"])
            for name, value in one["attributes"].items(): os.setxattr(full, name, base64.b64decode(value))
            os.chmod(full, one["mode"])

{"pack": pack, "unpack": unpack}[sys.argv[1]](sys.argv[2], sys.argv[3])
