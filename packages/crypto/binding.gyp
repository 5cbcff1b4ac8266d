{
  "targets": [
    {
      "target_name": "hufu_crypto",
      "sources": ["<!@(ls native/*.c)"],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror=implicit-function-declaration", "-fvisibility=hidden"],
      "ldflags": ["-Wl,-z,nodelete"],
      "defines": ["NAPI_VERSION=8"]
    }
  ]
}
