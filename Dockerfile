# Hufu on Debian 12 with Node 20, built from this checkout.
FROM node:20-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends softhsm2 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/hufu
COPY . .
RUN node scripts/build.mjs
ENV HUFU_DATA=/var/lib/hufu HUFU_HOST=0.0.0.0
EXPOSE 7350 7351
ENTRYPOINT ["node", "packages/cli/bin/hufu.js"]
CMD ["up"]
