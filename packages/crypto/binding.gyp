{
  "targets": [
    {
      "target_name": "hufu_crypto",
      "sources": ["<!@(ls native/*.c)"],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror=implicit-function-declaration", "-fvisibility=hidden"],
      "defines": ["NAPI_VERSION=8"]
    }
  ]
}
